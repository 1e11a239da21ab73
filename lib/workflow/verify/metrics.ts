import { z } from "zod";
import {
  frechetDistance,
  inceptionScore,
  precisionRecall,
} from "../../metric/mod.ts";
import { type Engine, type HostTensor, hostTensor } from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";
import type { Check } from "./check.ts";

const CONFIG = z.looseObject({
  fid: z.number(),
  fid_same: z.number(),
  precision: z.number(),
  recall: z.number(),
  k: z.int().min(1).max(1_000),
});

/** Figures that are a mean of exponentials; its split stands in the name. */
const SCORE = /^inception_score_splits_of_([1-9]\d{0,5})$/;

/** Tolerance of a Fréchet distance, which is a difference of large sums. */
const DISTANCE_TOLERANCE = 1e-6;

/** Fréchet distance, precision, recall and inception score of features. */
export async function* metricsCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const config = recording.config(CONFIG);
  const reference = await readFeatures(recording, "in/reference");
  const samples = await readFeatures(recording, "in/samples");
  if (reference.shape[1] !== samples.shape[1]) {
    throw recording.error(
      `its features are [${reference.shape}] and [${samples.shape}], ` +
        "expected equal widths",
    );
  }
  const fid = frechetDistance(reference, samples);
  yield figure("fid", fid, { of: config.fid, tolerance: DISTANCE_TOLERANCE });
  for (const name of ["in/reference", "in/rank_deficient"]) {
    const set = await readFeatures(recording, name);
    yield figure(`fid_same of ${name}`, frechetDistance(set, set), {
      of: config.fid_same,
      tolerance: DISTANCE_TOLERANCE,
      scale: config.fid,
    });
  }
  const neighbours = config.k;
  const pair = { reference, samples, neighbours };
  const { precision, recall } = await precisionRecall(engine, pair);
  yield figure("precision", precision, { of: config.precision, tolerance: 0 });
  yield figure("recall", recall, { of: config.recall, tolerance: 0 });
  const logits = await readFeatures(recording, "in/logits");
  for (const [name, expected] of Object.entries(config)) {
    const split = Number(SCORE.exec(name)?.[1]);
    if (Number.isNaN(split)) continue;
    if (typeof expected !== "number") {
      throw recording.error(`config.${name} is no number`);
    }
    const score = inceptionScore(logits, { split });
    // Recorded in float32.
    yield figure(name, score, { of: expected, tolerance: 1e-6 });
  }
}

async function readFeatures(
  recording: Recording,
  name: string,
): Promise<HostTensor> {
  const tensor = await recording.read(name);
  const { dtype, shape } = tensor;
  if (["f32", "f64"].includes(dtype) && shape.length === 2) return tensor;
  throw recording.error(
    `tensor "${name}" is ${dtype} [${shape}], expected floats [rows, features]`,
  );
}

function figure(
  tensor: string,
  value: number,
  { of, ...limits }: {
    readonly of: number;
    readonly tolerance: number;
    readonly scale?: number;
  },
): Check {
  const one = (number: number) =>
    hostTensor("f64", [1], Float64Array.of(number));
  return { tensor, actual: one(value), expected: one(of), ...limits };
}
