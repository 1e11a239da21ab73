import { join } from "node:path";
import {
  type ArtifactFacts,
  exists,
  type PlannedArtifact,
} from "../artifact/mod.ts";
import type { Estimate, EstimateTools } from "./estimate.ts";
import { isKept } from "./kept_file.ts";
import { naming } from "./naming.ts";
import { openPath } from "./open_inputs.ts";
import { isNeeded, type Plan, type PlannedStep } from "./plan.ts";
import type { InputPort } from "./stage.ts";
import type { StepResult } from "./step_run.ts";

/** The estimate of a step of a pipeline. */
export interface StepEstimate extends Estimate {
  readonly id: string;
  readonly state: StepResult["state"];
  /** Whether the stage says what it will do. */
  readonly known: boolean;
  /** Bytes that it leaves on the disk, or has left there. */
  readonly bytes: number;
}

/**
 * Estimates the steps of a plan that would run, in its order: each sees what its
 * inputs say of themselves, or what the steps before it will make them say.
 *
 * @throws {UserError} where numbers do not fit what they will find
 */
export async function estimateSteps(
  { steps }: Plan,
  results: readonly StepResult[],
  tools: EstimateTools,
): Promise<readonly StepEstimate[]> {
  const planned = new Map<string, PlannedArtifact>();
  const estimates: StepEstimate[] = [];
  for (const step of steps) {
    const state = results.find(({ id }) => id === step.id)?.state ?? "done";
    const estimate = state === "done"
      ? await finished(step)
      : await naming(step.where, () => foreseen(step, { planned, ...tools }));
    for (const [name, artifact] of Object.entries(estimate.outputs ?? {})) {
      const target = step.outputs[name];
      if (typeof target === "string") planned.set(target, artifact);
    }
    estimates.push({ id: step.id, state, ...estimate });
  }
  return estimates;
}

type Found = Omit<StepEstimate, "id" | "state">;

/** What a step has left that is done. */
async function finished({ outputs }: PlannedStep): Promise<Found> {
  let bytes = 0;
  for (const target of Object.values(outputs)) {
    if (isKept(target)) bytes += await bytesOf(target);
  }
  return { known: true, bytes };
}

async function bytesOf(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory) return info.size;
  let bytes = 0;
  for await (const { name } of Deno.readDir(path)) {
    bytes += await bytesOf(join(path, name));
  }
  return bytes;
}

async function foreseen(
  step: PlannedStep,
  { planned, workers }: EstimateTools & {
    readonly planned: ReadonlyMap<string, PlannedArtifact>;
  },
): Promise<Found> {
  const { stage, options, seed } = step;
  const inputs: Record<string, ArtifactFacts> = {};
  for (const [name, port] of Object.entries(stage.inputs)) {
    const source = step.inputs[name];
    const facts = typeof source === "string"
      ? planned.get(source) ?? await factsOf(source, port)
      : source;
    if (facts !== undefined) inputs[name] = facts;
    else if (isNeeded(port, (other) => step.inputs[other])) {
      return { known: false, bytes: 0 };
    }
  }
  const takes = (input: string) => step.inputs[input] !== undefined;
  const writes = (output: string) => step.outputs[output] !== undefined;
  const given = { options, seed, inputs, workers, takes, writes };
  const estimate = await stage.estimate?.(given);
  if (estimate === undefined) return { known: false, bytes: 0 };
  const bytes = Object.keys(step.outputs)
    .reduce((sum, name) => sum + (estimate.outputs?.[name]?.bytes ?? 0), 0);
  return { ...estimate, known: true, bytes };
}

/** What an input says that is there. */
async function factsOf(
  path: string,
  port: InputPort,
): Promise<ArtifactFacts | undefined> {
  if (!await exists(path)) return undefined;
  const reader = await openPath(path, port);
  reader.close();
  return reader;
}
