import { openSafetensors, UserError } from "../../artifact/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import { arCase } from "./ar.ts";
import { type CheckResult, compare, type VerifyCase } from "./check.ts";
import { dinov2Case } from "./dinov2.ts";
import { imagesCase } from "./images.ts";
import { inceptionCase } from "./inception.ts";
import { kl16Case } from "./kl16.ts";
import { optimizerCase } from "./optimizer.ts";
import { lpipsCase } from "./lpips.ts";
import { metricsCase } from "./metrics.ts";
import { Recording } from "../recording/mod.ts";
import { patchganCase } from "./patchgan.ts";
import { sampleCase } from "./sample.ts";
import { sphereCase } from "./sphere.ts";
import { styleganCase } from "./stylegan.ts";
import { vaeCase } from "./vae.ts";

/** What each case of the recordings is checked by. */
const CASES: Readonly<Record<string, VerifyCase>> = {
  vae: vaeCase,
  kl16: kl16Case,
  ar: arCase,
  sample: sampleCase,
  optimizer: optimizerCase,
  sphere: sphereCase,
  images: imagesCase,
  patchgan: patchganCase,
  stylegan: styleganCase,
  lpips: lpipsCase,
  inception: inceptionCase,
  dinov2: dinov2Case,
  metrics: metricsCase,
};

/** The outcome of one recording. */
export interface FileResult {
  readonly file: string;
  readonly case: string;
  readonly pass: boolean;
  readonly checks: readonly CheckResult[];
  /** Why nothing of it was checked; undefined where it was. */
  readonly skipped?: string;
}

/**
 * Verifies one recording; one of a case without checks is skipped.
 *
 * @throws {UserError} when the file is no recording, is malformed, or holds an
 *   output that no check covers
 */
export async function verifyFile(
  path: string,
  engine: Engine,
): Promise<FileResult> {
  const reader = await openSafetensors(path);
  try {
    const recording = new Recording(reader);
    const outcome = { file: path, case: recording.caseName };
    const verify = CASES[recording.caseName];
    if (verify === undefined) {
      const skipped = `no checks for its case "${recording.caseName}", only ` +
        `for ${Object.keys(CASES).join(", ")}`;
      return { ...outcome, pass: true, checks: [], skipped };
    }
    const checks = await runChecks(recording, engine, verify);
    const pass = checks.every((check) => check.pass);
    return { ...outcome, pass, checks };
  } finally {
    reader.close();
  }
}

async function runChecks(
  recording: Recording,
  engine: Engine,
  verify: VerifyCase,
): Promise<CheckResult[]> {
  const checks: CheckResult[] = [];
  const unchecked = new Set([
    ...recording.names("out/"),
    ...recording.names("grad/"),
  ]);
  try {
    for await (const check of verify(recording, engine)) {
      unchecked.delete(check.tensor);
      checks.push(compare(check));
    }
  } catch (error) {
    // Sizes of a hostile file that fit no model are its fault, not ours.
    if (error instanceof UserError || !(error instanceof RangeError)) {
      throw error;
    }
    throw recording.error(error.message);
  }
  const [left] = unchecked;
  if (left !== undefined) throw recording.error(`unknown output "${left}"`);
  return checks;
}
