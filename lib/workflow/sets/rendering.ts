import { cutCrop, type Rgb, type View, writePlanes } from "../../image/mod.ts";
import { type HostTensor, zeros } from "../../tensor/mod.ts";
import { pictureAt } from "./pictures.ts";

/** Pictures of one size in memory: u8 [n, size, size, 3]. */
export interface Pictures {
  readonly size: number;
  readonly background: Rgb;
  readonly data: Uint8Array;
}

/** Views of pictures in memory, in [-1, 1]: f32 [views, 3, size, size]. */
export function renderViews(
  { size, background, data }: Pictures,
  views: readonly View[],
): HostTensor<"f32"> {
  const count = data.length / (size * size * 3);
  const images = { shape: [count, size, size, 3], data };
  const out = zeros("f32", [views.length, 3, size, size]);
  const one = 3 * size * size;
  views.forEach(({ picture, crop, flip }, row) => {
    const source = pictureAt(images, picture);
    const seen = cutCrop(source, crop, { size, background });
    const place = out.data.subarray(row * one, (row + 1) * one);
    writePlanes(seen, { flip, out: place });
  });
  return out;
}
