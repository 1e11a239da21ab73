import { openArtifact, UserError, writeArtifact } from "../artifact/mod.ts";
import type { HostTensor } from "../tensor/mod.ts";
import { hostTensor } from "../tensor/mod.ts";

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

const LOG = "log/";
const STATE = "state/";

/** A log as artifact tensors: `log/NAME`, f32 [steps]. */
export function logTensors(log: TrainingLog): Record<string, HostTensor> {
  const entries = Object.entries(log).map(([name, values]) =>
    [LOG + name, hostTensor("f32", [values.length], values)] as const
  );
  return Object.fromEntries(entries);
}

/** Writes a checkpoint; it replaces an older one whole or not at all. */
export async function saveCheckpoint(
  path: string,
  { step, state, log }: Checkpoint,
): Promise<void> {
  const entries = Object.entries(state)
    .map(([name, tensor]) => [STATE + name, tensor] as const);
  await writeArtifact(path, {
    kind: "checkpoint",
    config: { step },
    tensors: { ...Object.fromEntries(entries), ...logTensors(log) },
  });
}

/**
 * Reads a checkpoint, or undefined where there is none.
 *
 * @throws {UserError} when the file is no checkpoint of this training
 */
export async function loadCheckpoint(
  path: string,
  names: readonly string[],
): Promise<Checkpoint | undefined> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const reader = await openArtifact(path, "checkpoint");
  try {
    const { step } = reader.config;
    if (!Number.isSafeInteger(step)) {
      throw new UserError(
        `Cannot resume from "${path}": config.step is ${step}, expected a whole number`,
      );
    }
    const state: Record<string, HostTensor> = {};
    for (const name of names) state[name] = await reader.read(STATE + name);
    const log: TrainingLog = {};
    for (const name of reader.tensors.keys()) {
      if (!name.startsWith(LOG)) continue;
      const { data } = await reader.read(name);
      log[name.slice(LOG.length)] = data as Float32Array;
    }
    return { step: step as number, state, log };
  } finally {
    reader.close();
  }
}
