import type { Histogram } from "../../metric/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";

/** Figures by name: f32 vectors, one number a position or bin. */
export type Figures = Readonly<Record<string, HostTensor>>;

/** A figure of some numbers. */
export function figure(values: ArrayLike<number>): HostTensor<"f32"> {
  return hostTensor("f32", [values.length], Float32Array.from(values));
}

/** Means over images of n N numbers: one a position. */
export function meanOver(
  values: ArrayLike<number>,
  tokens: number,
): HostTensor<"f32"> {
  const means = new Float64Array(tokens);
  const images = values.length / tokens;
  for (let i = 0; i < values.length; i++) {
    means[i % tokens]! += values[i]! / images;
  }
  return figure(means);
}

/** A histogram as two figures, `NAME/bounds` and `NAME/counts`. */
export function histogramFigures(
  name: string,
  { bounds, counts }: Histogram,
): Figures {
  return {
    [`${name}/bounds`]: figure(bounds),
    [`${name}/counts`]: figure(counts),
  };
}
