import { hostTensor, zeros } from "../../../../lib/tensor/mod.ts";
import { WHITE } from "../../../../lib/image/mod.ts";
import {
  type HostPosterior,
  type ImageSource,
  type LatentSource,
  mapPosterior,
  renderViews,
} from "../../../../lib/workflow/sets/mod.ts";

/** Images in memory as a source; all are of one class unless given. */
export function imageSource(
  { size, data, ...given }: Partial<ImageSource> & {
    readonly size: number;
    /** u8 [n, size, size, 3]. */
    readonly data: Uint8Array;
  },
): ImageSource {
  const one = size * size * 3;
  const count = data.length / one;
  return {
    count,
    size,
    labels: new Int32Array(count),
    classes: ["all"],
    flips: [true],
    background: WHITE,
    read(images) {
      const rows = zeros("u8", [images.length, size, size, 3]);
      images.forEach((image, row) =>
        rows.data.set(data.subarray(image * one, (image + 1) * one), row * one)
      );
      return Promise.resolve(rows);
    },
    render: (views) =>
      Promise.resolve(renderViews({ size, background: WHITE, data }, views)),
    [Symbol.dispose]() {},
    ...given,
  };
}

/** Posteriors in memory, [images, views, tokens, ..], as a source. */
export function latentSource(
  { parts, ...given }: Omit<LatentSource, "read"> & { parts: HostPosterior },
): LatentSource {
  return {
    ...given,
    read: (rows) =>
      Promise.resolve(mapPosterior(parts, ({ shape, data }) => {
        const [images, views, ...rest] = shape as [number, number, ...number[]];
        const size = data.length / images / views;
        const read = zeros("f32", [rows.length, ...rest]);
        rows.forEach(({ image, view }, row) => {
          const at = (image * views + view) * size;
          read.data.set(data.subarray(at, at + size), row * size);
        });
        return hostTensor("f32", read.shape, read.data);
      })),
  };
}
