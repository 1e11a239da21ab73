import type { ArtifactReader } from "../artifact/mod.ts";

/** Tensors of a training's log start with this. */
export const LOG_PREFIX = "log/";

/** Figures of a training by name, all as long as `step`. */
export type TrainingLog = Readonly<Record<string, Float32Array>>;

/**
 * Reads the log that a training left beside its weights: `log/step` and
 * `log/<figure>`, f32 [n] each.
 *
 * @returns an empty record where there is none
 * @throws {TypeError} when a figure is not as long as the steps
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
  const steps = log.step?.length ?? 0;
  for (const [name, values] of Object.entries(log)) {
    if (values.length !== steps) {
      throw new TypeError(
        `Cannot read the log of "${artifact.name}": "${name}" has ` +
          `${values.length} entries, "step" ${steps}`,
      );
    }
  }
  return log;
}
