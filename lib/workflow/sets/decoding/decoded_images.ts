import {
  CENTRE,
  type Crop,
  type View,
  writePlanes,
} from "../../../image/mod.ts";
import { zeros } from "../../../tensor/mod.ts";
import type { EncodedImages } from "../encoded/images.ts";
import type { ImageSource } from "../image_source.ts";
import { roomForViews } from "../rendering.ts";
import { DecodingPool } from "./pool.ts";

/** What decoding needs of encoded images. */
export type Decodable = Omit<EncodedImages, "length" | "id" | "start">;

/** How encoded images are decoded. */
export interface Decoding {
  /** Height and width of the images in pixels. */
  readonly size: number;
  /** Workers; as many as there are processors unless given. */
  readonly workers?: number | undefined;
}

/**
 * Encoded images as a source: pictures are decoded and cropped by a pool of
 * workers, each once for all of its views in a batch. A picture that cannot be
 * read or decoded is refused by its name.
 */
export function decodedImages(
  encoded: Decodable,
  { size, workers }: Decoding,
): ImageSource {
  const { count, labels, classes, flips, background } = encoded;
  const pool = new DecodingPool({ canvas: { size, background }, workers });
  const one = 3 * size * size;
  async function show(
    views: readonly View[],
    take: (row: number, pixels: Uint8Array) => void,
  ): Promise<void> {
    const tasks = [...byPicture(views)].map(([picture, rowsOf]) =>
      pool.run({
        name: encoded.title(picture),
        source: encoded.place(picture) ?? (() => encoded.bytes(picture)),
        crops: [...rowsOf.keys()],
        take(pixels) {
          for (const [place, rows] of [...rowsOf.values()].entries()) {
            const seen = pixels.subarray(place * one, (place + 1) * one);
            for (const row of rows) take(row, seen);
          }
        },
      })
    );
    await Promise.all(tasks);
  }
  return {
    count,
    size,
    labels,
    classes,
    flips,
    background,
    async read(images) {
      const out = zeros("u8", [images.length, size, size, 3]);
      const views = images.map((picture) => ({
        picture,
        crop: CENTRE,
        flip: false,
      }));
      await show(views, (row, seen) => out.data.set(seen, row * one));
      return out;
    },
    async render(views, used) {
      const out = roomForViews([views.length, size], used);
      await show(views, (row, data) => {
        const { flip } = views[row]!;
        const place = out.data.subarray(row * one, (row + 1) * one);
        const seen = { width: size, height: size, channels: 3, data } as const;
        writePlanes(seen, { flip, out: place });
      });
      return out;
    },
    [Symbol.dispose]() {
      pool.close();
      encoded.close();
    },
  };
}

/** Rows of each crop of each picture; both flips of a crop share one. */
function byPicture(
  views: readonly View[],
): ReadonlyMap<number, ReadonlyMap<Crop, readonly number[]>> {
  const found = new Map<number, Map<Crop, number[]>>();
  for (const [row, { picture, crop }] of views.entries()) {
    const crops = found.get(picture) ?? new Map<Crop, number[]>();
    found.set(picture, crops);
    const rows = crops.get(crop);
    if (rows === undefined) crops.set(crop, [row]);
    else rows.push(row);
  }
  return found;
}
