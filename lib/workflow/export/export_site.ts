import { basename } from "node:path";
import type { CommandContext } from "../../pipeline/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { bytesOf } from "../../web/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import { openWebModel, writeSite } from "../web/mod.ts";
import type { Halves } from "./released_set.ts";

/** What large matrices are held in, where nobody says it: half the download. */
const WEIGHTS: WeightsDType = "f16";

/** What was written. */
export interface WrittenSite {
  readonly tensors: number;
  readonly parameters: number;
  readonly shards: number;
  /** Of all shards. */
  readonly bytes: number;
}

/**
 * Writes a page with both halves of a generator.
 *
 * @throws {UserError} where a half is missing, or the folder cannot be written
 */
export async function exportSite(
  folder: string,
  halves: Halves,
  { weightsDtype = WEIGHTS, title, ...tools }:
    & Pick<CommandContext, "progress" | "signal">
    & {
      readonly weightsDtype: WeightsDType | undefined;
      readonly title: string | undefined;
    },
): Promise<WrittenSite> {
  const model = await openWebModel(halves, { weights: weightsDtype });
  const name = title ?? basename(halves.ar!.name, ".safetensors");
  const { shards } = await writeSite(folder, model, { name, ...tools });
  const weights = [model.ar, model.vae]
    .flatMap(({ weights }) => Object.values(weights));
  return {
    tensors: weights.length,
    parameters: weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    shards: shards.length,
    bytes: bytesOf({ shards }),
  };
}
