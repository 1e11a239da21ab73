import {
  assertFinite,
  assertLabels,
  openSafetensors,
  UserError,
} from "../../artifact/mod.ts";
import type { ArConfig } from "../../model/mod.ts";
import { flagName } from "../../pipeline/mod.ts";
import type { DType, HostTensor } from "../../tensor/mod.ts";
import {
  optionsOf,
  readNoise,
  RECORDED_RUNS,
  type RecordedRun,
  Recording,
} from "../recording/mod.ts";
import type { ChosenNumbers } from "../options/mod.ts";

/** What a user says of a recording to replay, and options that it settles. */
export interface ReplayOptions {
  /** File of a recorded run of the release's sampler. */
  readonly noise?: string | undefined;
  /** Which of its runs. */
  readonly noiseRun?: string | undefined;
  readonly [option: string]: unknown;
}

/** A recorded run: all that a sampler needs besides the model. */
export interface Replay extends ChosenNumbers {
  readonly classes: Int32Array;
  /** [token, draw, row, d] */
  readonly recorded: HostTensor<"f32">;
}

/** Options that say what a recording says already. */
const SETTLED = [
  "preset",
  "classes",
  "count",
  "steps",
  "solver",
  "cfg",
  "cfgSchedule",
] as const;

/**
 * Reads classes, draws and solver of a recorded run.
 *
 * @throws {UserError} when there is no such run, it does not fit the model, or
 *   options say something else
 */
export async function readReplay(
  path: string,
  config: ArConfig,
  options: ReplayOptions,
): Promise<Replay> {
  const given = SETTLED.find((key) => options[key] !== undefined);
  if (given !== undefined) {
    throw new UserError(
      `Cannot take --${flagName(given)} with --noise: the recording says it`,
    );
  }
  const reader = await openSafetensors(path);
  try {
    const recording = new Recording(reader);
    const run = chosenRun(recording, options.noiseRun);
    const name = "in/classes";
    const classes = await recording.read(name) as HostTensor<"i32">;
    requireDType(recording, { ...classes, name, wanted: "i32" });
    assertLabels(classes, { classes: config.num_classes, file: path });
    const recorded = await readNoise(recording, run, {
      images: classes.data.length,
      tokens: config.grid ** 2,
      d: config.latent_dim,
    });
    const noise = `in/${run.name}/noise`;
    requireDType(recording, { ...recorded, name: noise, wanted: "f32" });
    assertFinite(recorded, { name: noise, file: path });
    const { solver, steps, guidance: { cfg, schedule } } = optionsOf(run);
    const numbers = {
      solver,
      steps,
      cfg,
      cfgSchedule: schedule,
      perClass: 1,
    };
    const from = `recorded run ${run.name}`;
    return { from, numbers, classes: classes.data, recorded };
  } finally {
    reader.close();
  }
}

/** @throws {UserError} when a tensor has other elements than recordings have */
function requireDType(
  recording: Recording,
  { name, dtype, wanted }: {
    readonly name: string;
    readonly dtype: DType;
    readonly wanted: DType;
  },
): void {
  if (dtype === wanted) return;
  throw recording.error(`tensor "${name}" is ${dtype}, expected ${wanted}`);
}

function chosenRun(
  recording: Recording,
  name: string | undefined,
): RecordedRun {
  const { runs } = recording.config(RECORDED_RUNS);
  const found = name === undefined && runs.length === 1
    ? runs[0]
    : runs.find((run) => run.name === name);
  if (found !== undefined) return found;
  const known = runs.map((run) => run.name).join(", ");
  throw recording.error(
    name === undefined
      ? `it holds several runs: give --noise-run, one of ${known}`
      : `it holds no run "${name}", expected one of ${known}`,
  );
}
