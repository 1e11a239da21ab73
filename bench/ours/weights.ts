import { RandomStream } from "../../lib/random/mod.ts";
import { type HostTensor, hostTensor, sizeOf } from "../../lib/tensor/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";

/** Deviation of random weights, the release's. */
const DEVIATION = 0.02;

/** Numbers that are drawn; larger tensors repeat them. */
const DRAWN = 65_521;

/** Random numbers of a shape, N(0, deviation^2), from few draws. */
export function randomTensor(
  shape: readonly number[],
  { deviation = 1, stream = "bench" }: {
    deviation?: number;
    stream?: string;
  } = {},
): HostTensor<"f32"> {
  const data = new Float32Array(sizeOf(shape));
  const source = new RandomStream({ seed: 1, stream });
  const drawn = Math.min(DRAWN, data.length);
  for (let i = 0; i < drawn; i++) data[i] = deviation * source.normal();
  for (let filled = drawn; filled < data.length; filled *= 2) {
    data.copyWithin(filled, 0, Math.min(filled, data.length - filled));
  }
  return hostTensor("f32", shape, data);
}

/**
 * Random weights of a model: vectors called weight are norms around 1, the rest
 * is small. None is zero, so that no product is trivial.
 */
export function randomWeights(
  shapes: ParameterShapes,
): Record<string, HostTensor> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = randomTensor(shape, { deviation: DEVIATION, stream: name });
    if (shape.length === 1 && name.endsWith(".weight")) {
      values.data.forEach((value, i) => values.data[i] = 1 + value);
    }
    return [name, values] as const;
  });
  return Object.fromEntries(entries);
}
