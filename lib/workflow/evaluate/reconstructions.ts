import type { StageContext } from "../../pipeline/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { chosenPairs, measurePairs, type PairFigures } from "../measure/mod.ts";
import { type ImageSet, takeRows } from "./image_set.ts";

/**
 * Compares reconstructions with their images, row by row.
 *
 * @throws {UserError} when they are not as many
 */
export async function scoreReconstructions(
  images: ImageSet,
  originals: ImageSet,
  watch: Pick<StageContext, "progress" | "signal">,
): Promise<PairFigures> {
  const names = chosenPairs(undefined, { hasNetwork: false });
  return await measurePairs({
    images: pixelsOf("the reconstructions", images),
    originals: pixelsOf("their images", originals),
  }, { names, ...watch });
}

function pixelsOf(name: string, set: ImageSet) {
  const [, height = 0, width = 0] = set.images.shape;
  return {
    name,
    count: set.count,
    height,
    width,
    read({ start, count }: { readonly start: number; readonly count: number }) {
      const rows = Array.from({ length: count }, (_, k) => start + k);
      const { images } = takeRows(set, rows);
      return Promise.resolve(images as HostTensor<"u8">);
    },
  };
}
