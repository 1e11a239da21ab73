import { isAbsolute, relative, resolve } from "node:path";
import { stringify } from "smol-toml";
import type { PipelineSpec } from "./pipeline_file.ts";

/**
 * A pipeline as the text of a pipeline file.
 *
 * @param options.place folder that the file is meant for; a run folder outside
 *   of it is named by its whole path
 */
export function pipelineText(
  { folder, seed, stages }: PipelineSpec,
  { place }: { readonly place: string },
): string {
  const below = relative(place, folder);
  const isOutside = isAbsolute(below) || below.startsWith("..");
  const run = isOutside ? resolve(folder) : below;
  return stringify({ folder: run, seed, stages });
}
