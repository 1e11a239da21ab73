import { type ArtifactReader, LOG_PREFIX, UserError } from "../artifact/mod.ts";

/** Figures of a training by name, one entry a step. */
export type TrainingLog = Readonly<Record<string, Float32Array>>;

/**
 * Reads the log that a training left beside its weights: tensors
 * `log/<figure>`, f32 [steps], all of one length.
 *
 * @returns an empty record where there is none
 * @throws {UserError} when the figures differ in length
 */
export async function readTrainingLog(
  artifact: ArtifactReader,
): Promise<TrainingLog> {
  const log: Record<string, Float32Array> = {};
  for (const name of artifact.tensors.keys()) {
    if (!name.startsWith(LOG_PREFIX)) continue;
    const { data } = await artifact.read(name);
    log[name.slice(LOG_PREFIX.length)] = Float32Array.from(data);
  }
  const [first, ...rest] = Object.entries(log);
  for (const [name, values] of rest) {
    if (values.length === first![1].length) continue;
    throw new UserError(
      `Cannot read the log of "${artifact.name}": "${name}" has ` +
        `${values.length} entries, "${first![0]}" ${first![1].length}`,
    );
  }
  return log;
}
