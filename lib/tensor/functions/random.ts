import { apply } from "../apply.ts";
import type { Shape } from "../host_tensor.ts";
import type { Tensor } from "../node.ts";
import { cos, log, mul, sqrt } from "./elementwise.ts";
import { reshape, slice } from "./movement.ts";

/**
 * Where draws come from: a key (u32 [2], the seed), one row number per row of the
 * result (u32 [rows], such as the image index) and a step (u32 scalar).
 */
export interface RandomSource {
  readonly key: Tensor;
  readonly rows: Tensor;
  readonly step: Tensor;
}

/** Shape of one row's draws, and the stream that tells purposes apart. */
export interface DrawOptions {
  readonly shape: Shape;
  readonly stream: number;
}

/** Uniform draws in (0, 1), f32 [rows, ...shape], equal on every engine. */
export function uniform(
  { key, rows, step }: RandomSource,
  { shape, stream }: DrawOptions,
): Tensor {
  return apply("uniform", [key, rows, step], { shape, stream });
}

/** Standard normal draws, f32 [rows, ...shape], by Box and Muller (1958). */
export function normal(
  source: RandomSource,
  { shape, stream }: DrawOptions,
): Tensor {
  const pairs = uniform(source, { shape: [2, ...shape], stream });
  const radius = slice(pairs, 1, { start: 0, stop: 1 });
  const angle = slice(pairs, 1, { start: 1, stop: 2 });
  const draws = mul(
    sqrt(mul(log(radius), -2)),
    cos(mul(angle, 2 * Math.PI)),
  );
  return reshape(draws, [draws.shape[0]!, ...shape]);
}
