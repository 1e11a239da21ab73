import {
  type ArtifactReader,
  LOG_PREFIX,
  openArtifact,
  UserError,
  writeArtifact,
} from "../artifact/mod.ts";
import { type HostTensor, hostTensor } from "../tensor/mod.ts";
import { mapKeys } from "./records.ts";
import { type PlayerValues, startState, stateShapes } from "./state.ts";
import type { TrainingStep } from "./step.ts";

/** Losses and other scalars of every step so far, by name. */
export type TrainingLog = Record<string, Float32Array>;

/** Everything that a cut training run needs to go on. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  /** All states of the training program, by name. */
  readonly state: Readonly<Record<string, HostTensor>>;
  readonly log: TrainingLog;
}

const STATE = "state/";

/** A log as artifact tensors: `log/NAME`, f32 [steps]. */
export function logTensors(log: TrainingLog): Record<string, HostTensor> {
  const entries = Object.entries(log).map(([name, values]) =>
    [LOG_PREFIX + name, hostTensor("f32", [values.length], values)] as const
  );
  return Object.fromEntries(entries);
}

/** The state of a training whose weights are given, before its first step. */
export function firstCheckpoint(
  step: TrainingStep,
  initial: PlayerValues,
): Checkpoint {
  return { step: 0, state: startState(step, initial), log: {} };
}

/** A checkpoint as artifact tensors: `state/NAME` and `log/NAME`. */
export function checkpointTensors(
  { state, log }: Checkpoint,
): Record<string, HostTensor> {
  return { ...mapKeys(state, (name) => STATE + name), ...logTensors(log) };
}

/** Writes a checkpoint; it replaces an older one whole or not at all. */
export async function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await writeArtifact(path, {
    kind: "checkpoint",
    config: { step: checkpoint.step },
    tensors: checkpointTensors(checkpoint),
  });
}

/**
 * Reads the checkpoint at a path, or undefined where there is none.
 *
 * @throws {UserError} when the file is no checkpoint of this training
 */
export async function loadCheckpoint(
  path: string,
  step: TrainingStep,
): Promise<Checkpoint | undefined> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const reader = await openArtifact(path, "checkpoint");
  try {
    return await readCheckpoint(reader, step);
  } finally {
    reader.close();
  }
}

/**
 * Reads a checkpoint of a step.
 *
 * @throws {UserError} when it is of another one, naming what differs
 */
export async function readCheckpoint(
  reader: ArtifactReader,
  step: TrainingStep,
): Promise<Checkpoint> {
  const { name: file, config, tensors } = reader;
  if (!Number.isSafeInteger(config.step)) {
    throw new UserError(
      `Cannot resume from "${file}": config.step is ${config.step}, expected a whole number`,
    );
  }
  const state: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(stateShapes(step))) {
    const found = tensors.get(STATE + name);
    if (found?.shape.join() !== shape.join()) {
      throw new UserError(
        `Cannot resume from "${file}": tensor "${STATE + name}" must be ` +
          `[${shape}], found ${found ? `[${found.shape}]` : "nothing"}`,
      );
    }
    state[name] = await reader.read(STATE + name);
  }
  const log: TrainingLog = {};
  for (const name of tensors.keys()) {
    if (!name.startsWith(LOG_PREFIX)) continue;
    const { data } = await reader.read(name);
    log[name.slice(LOG_PREFIX.length)] = data as Float32Array;
  }
  return { step: config.step as number, state, log };
}
