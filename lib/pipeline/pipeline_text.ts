import { relative } from "node:path";
import { stringify } from "smol-toml";
import type { PipelineSpec } from "./pipeline_file.ts";

/**
 * A pipeline as the text of a pipeline file.
 *
 * @param options.place folder that the file is meant for
 */
export function pipelineText(
  { folder, seed, stages }: PipelineSpec,
  { place }: { readonly place: string },
): string {
  return stringify({ folder: relative(place, folder), seed, stages });
}
