import {
  type ArtifactReader,
  createArtifact,
  LOG_PREFIX,
  openArtifact,
  type SafetensorsWriter,
  type TensorSpec,
  UserError,
} from "../artifact/mod.ts";
import { type HostTensor, hostTensor, type Shape } from "../tensor/mod.ts";
import type { HeldState } from "./held_state.ts";
import { mapKeys, mapValues } from "./records.ts";
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

/** A state in an engine's memory, and what was reported on the way to it. */
export interface SavedState {
  /** Steps done. */
  readonly step: number;
  readonly log: TrainingLog;
  readonly state: HeldState;
  /** Shapes of the whole state, by name. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Starts a file of some tensors. */
export type StateFile = (
  tensors: Readonly<Record<string, TensorSpec>>,
) => Promise<SafetensorsWriter>;

/**
 * Writes a state as artifact tensors, `state/NAME` and `log/NAME`, one after
 * another, so that nobody holds it twice. All who share it take part; the one
 * who leads writes.
 */
export async function writeState(
  { log, state, shapes }: SavedState,
  create: StateFile,
): Promise<void> {
  const logs = logTensors(log);
  let writer: SafetensorsWriter | undefined;
  try {
    for await (const [name, tensor] of state.read(Object.keys(shapes))) {
      // In the engine's precision: a resumed run must repeat the bytes.
      const { dtype, data } = tensor;
      const specs = mapValues(shapes, (shape) => ({ dtype, shape }));
      writer ??= await create({ ...mapKeys(specs, stored), ...logs });
      await writer.writeRows(stored(name), { start: 0, data });
    }
    for (const [name, { data }] of Object.entries(logs)) {
      await writer?.writeRows(name, { start: 0, data });
    }
    await writer?.commit();
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

/** Name of a state's tensor in files. */
function stored(name: string): string {
  return STATE + name;
}

/** Writes a checkpoint; it replaces an older one whole or not at all. */
export async function saveCheckpoint(
  path: string,
  saved: SavedState,
): Promise<void> {
  await writeState(
    saved,
    (tensors) =>
      createArtifact(path, {
        kind: "checkpoint",
        config: { step: saved.step },
        tensors,
      }),
  );
}

/** Which tensors of a state are wanted. */
export type Keeps = (name: string) => boolean;

/**
 * Reads the checkpoint at a path, or undefined where there is none.
 *
 * @throws {UserError} when the file is no checkpoint of this training
 */
export async function loadCheckpoint(
  path: string,
  step: TrainingStep,
  keeps: Keeps,
): Promise<Checkpoint | undefined> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const reader = await openArtifact(path, "checkpoint");
  try {
    return await readCheckpoint(reader, step, keeps);
  } finally {
    reader.close();
  }
}

/**
 * Reads a checkpoint of a step, or of its state what is kept.
 *
 * @throws {UserError} when it is of another one, naming what differs
 */
export async function readCheckpoint(
  reader: ArtifactReader,
  step: TrainingStep,
  keeps: Keeps = () => true,
): Promise<Checkpoint> {
  const { name: file, config, tensors } = reader;
  if (!Number.isSafeInteger(config.step)) {
    throw new UserError(
      `Cannot resume from "${file}": config.step is ${config.step}, expected a whole number`,
    );
  }
  const state: Record<string, HostTensor> = {};
  for (const [name, shape] of Object.entries(stateShapes(step))) {
    const found = tensors.get(stored(name));
    if (found?.shape.join() !== shape.join()) {
      throw new UserError(
        `Cannot resume from "${file}": tensor "${stored(name)}" must be ` +
          `[${shape}], found ${found ? `[${found.shape}]` : "nothing"}`,
      );
    }
    if (keeps(name)) state[name] = await reader.read(stored(name));
  }
  const log: TrainingLog = {};
  for (const name of tensors.keys()) {
    if (!name.startsWith(LOG_PREFIX)) continue;
    const { data } = await reader.read(name);
    log[name.slice(LOG_PREFIX.length)] = data as Float32Array;
  }
  return { step: config.step as number, state, log };
}
