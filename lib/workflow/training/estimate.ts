import {
  type ArtifactFacts,
  type ArtifactKind,
  type JsonRecord,
  LOG_PREFIX,
  plannedArtifact,
  type TensorSpec,
} from "../../artifact/mod.ts";
import type { Estimate, EstimateTools } from "../../pipeline/mod.ts";
import { type CompiledStep, compileStep } from "../../train/mod.ts";
import { countRuns, timesRuns } from "../../tensor/mod.ts";
import type { StepOfRows } from "./steps.ts";

/** A training that is estimated. */
export interface EstimatedTraining extends EstimateTools {
  readonly numbers: {
    readonly steps: number;
    readonly batch: number;
    readonly parts?: number | undefined;
  };
  readonly step: StepOfRows;
  readonly options: {
    readonly recompute?: boolean | undefined;
    readonly accumulate?: number | undefined;
  };
  /** Its output: the name, the kind, and what its configuration says. */
  readonly output: {
    readonly name: string;
    readonly kind: ArtifactKind;
    readonly config: JsonRecord;
  };
  readonly notes?: readonly string[];
}

/**
 * What a training would do and leave: its step is compiled as the training
 * compiles it, and counted.
 */
export async function estimateTraining(
  { numbers, step, options, output, workers, notes = [] }: EstimatedTraining,
): Promise<Estimate> {
  const { steps, batch, parts } = numbers;
  let left: Readonly<Record<string, TensorSpec>> = {};
  const work = await countRuns(async (engine) => {
    const compiled = await compileStep(engine, {
      step: (rows) => ({ ...step(rows), recompute: options.recompute }),
      rows: batch,
      accumulate: options.accumulate,
      parts,
    });
    await compiled.advance({}, {});
    left = leftBy(compiled, steps);
  }, { workers });
  const { name, kind, config } = output;
  return {
    amount: `${steps.toLocaleString("en-US")} steps of ${batch} images`,
    work: timesRuns(work, steps),
    outputs: { [name]: plannedArtifact(name, { kind, tensors: left, config }) },
    notes,
  };
}

/** What a training leaves: the first player's weights, and the log. */
function leftBy(
  { step: { players }, log: { names } }: CompiledStep,
  steps: number,
): Readonly<Record<string, TensorSpec>> {
  const { shapes = {} } = Object.values(players)[0] ?? {};
  const tensors: Record<string, TensorSpec> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    tensors[name] = { dtype: "f32", shape };
  }
  for (const name of names) {
    tensors[LOG_PREFIX + name] = { dtype: "f32", shape: [steps] };
  }
  return tensors;
}

/** Images of an input, by what it says of itself. */
export function imagesOf({ sizes }: ArtifactFacts): { images: number } {
  return { images: sizes["images"] ?? 0 };
}
