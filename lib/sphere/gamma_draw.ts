import {
  add,
  and,
  constantArray,
  div,
  equal,
  less,
  log,
  max,
  maximum,
  mul,
  normal,
  pow,
  type RandomSource,
  reshape,
  select,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  uniform,
} from "../tensor/mod.ts";

/** Where draws come from: the source and the first stream that they may use. */
export interface DrawSource {
  readonly source: RandomSource;
  /** The next three streams are used too. */
  readonly stream: number;
}

/** Candidates of which the first accepted one is taken. */
export const GAMMA_CANDIDATES = 6;

/** Candidates below are raised to it: the cube must stay positive. */
const SMALLEST_ROOT = 1e-2;

/**
 * Draws of Gamma(shape + offset, 1) by Marsaglia and Tsang (2000), without branches.
 *
 * Of {@linkcode GAMMA_CANDIDATES} candidates the first accepted one is taken,
 * and the last one where none is: with probability at most 0.049^6 = 1.4e-8,
 * reached at shape 1, and below 1e-14 for shapes from 8.5 on (the default S-VAE).
 *
 * @param shape f32 [rows, ..], at least 1/2 where `boost` is set, else 1; no
 *   gradient flows to it
 * @param options.boost draw by Gamma(shape + 1) U^(1 / shape), for shapes below 1
 */
export function gammaDraw(
  shape: Tensor,
  { source, stream, boost }: DrawSource & { boost: boolean },
): Tensor {
  const each = shape.shape.slice(1);
  const large = boost ? add(shape, 1) : shape;
  const draw = firstAccepted(large, { source, stream });
  if (!boost) return draw;
  const u = uniform(source, { shape: each, stream: stream + 2 });
  return mul(draw, pow(u, div(1, shape)));
}

/** Marsaglia and Tsang's candidates d (1 + c x)^3 and their test. */
function firstAccepted(
  shape: Tensor,
  { source, stream }: DrawSource,
): Tensor {
  const each = [...shape.shape.slice(1), GAMMA_CANDIDATES];
  const x = normal(source, { shape: each, stream });
  const u = uniform(source, { shape: each, stream: stream + 1 });
  const d = sub(reshape(shape, [...shape.shape, 1]), 1 / 3);
  const root = add(div(x, sqrt(mul(d, 9))), 1);
  const safe = maximum(root, SMALLEST_ROOT);
  const v = mul(square(safe), safe);
  // ln u < x^2 / 2 + d (1 - v + ln v).
  const bound = add(
    mul(square(x), 0.5),
    mul(d, add(sub(1, v), mul(log(safe), 3))),
  );
  const accepted = and(less(0, root), less(log(u), bound));
  return mul(reshape(d, shape.shape), takeFirst(accepted, v));
}

/** Along the last axis, the first value that is accepted, else the last one. */
export function takeFirst(accepted: Tensor, values: Tensor): Tensor {
  const count = values.shape.at(-1)!;
  const ranks = Array.from({ length: count }, (_, i) => count - i);
  const fallback = ranks.map((_, i) => i + 1 === count ? 0.5 : 0);
  const score = select(
    accepted,
    constantArray([count], ranks),
    constantArray([count], fallback),
  );
  const best = max(score, { axes: [-1], keepDims: true });
  return sum(select(equal(score, best), values, 0), { axes: [-1] });
}
