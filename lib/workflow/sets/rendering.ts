import { cutCrop, type Rgb, type View, writePlanes } from "../../image/mod.ts";
import { type HostTensor, sizeOf, zeros } from "../../tensor/mod.ts";
import { pictureAt } from "./pictures.ts";

/** Pictures of one size in memory: u8 [n, size, size, 3]. */
export interface Pictures {
  readonly size: number;
  readonly background: Rgb;
  readonly data: Uint8Array;
}

/**
 * Room for views: that of a tensor which nobody reads any more, where it has the
 * same size, since new memory costs a fifth of what decoding costs.
 *
 * @returns f32 [views, 3, size, size] of any values
 */
export function roomForViews(
  [views, size]: readonly [views: number, size: number],
  used?: HostTensor<"f32">,
): HostTensor<"f32"> {
  const shape = [views, 3, size, size];
  const fits = used?.data.length === sizeOf(shape);
  return fits ? used : zeros("f32", shape);
}

/**
 * Views of pictures in memory, in [-1, 1].
 *
 * @param used a tensor that may be written to
 * @returns f32 [views, 3, size, size]
 */
export function renderViews(
  { size, background, data }: Pictures,
  views: readonly View[],
  { used }: { readonly used?: HostTensor<"f32"> | undefined } = {},
): HostTensor<"f32"> {
  const count = data.length / (size * size * 3);
  const images = { shape: [count, size, size, 3], data };
  const out = roomForViews([views.length, size], used);
  const one = 3 * size * size;
  views.forEach(({ picture, crop, flip }, row) => {
    const source = pictureAt(images, picture);
    const seen = cutCrop(source, crop, { size, background });
    const place = out.data.subarray(row * one, (row + 1) * one);
    writePlanes(seen, { flip, out: place });
  });
  return out;
}
