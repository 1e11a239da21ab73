/** Nodes in (0, 1) and weights of a quadrature rule. */
export interface QuadratureRule {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** Legendre's polynomial of a degree and its derivative at x in (-1, 1). */
function legendre(degree: number, x: number): readonly [number, number] {
  let [previous, value] = [1, x];
  for (let n = 2; n <= degree; n++) {
    const next = ((2 * n - 1) * x * value - (n - 1) * previous) / n;
    [previous, value] = [value, next];
  }
  return [value, degree * (x * value - previous) / (x * x - 1)];
}

/** Steps of Newton's method that reach float64 from the usual first guess. */
const NEWTON_STEPS = 8;

/** Gauss and Legendre's rule on (0, 1): exact for polynomials of degree 2 count - 1. */
export function gaussLegendre(count: number): QuadratureRule {
  const [nodes, weights]: [number[], number[]] = [[], []];
  for (let i = count - 1; i >= 0; i--) {
    let x = Math.cos(Math.PI * (i + 0.75) / (count + 0.5));
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const [value, slope] = legendre(count, x);
      x -= value / slope;
    }
    const [, slope] = legendre(count, x);
    nodes.push((x + 1) / 2);
    weights.push(1 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}

/**
 * The rule for integrals over (0, 1) of functions that vary fastest near 0:
 * x = u^2, with u from Gauss and Legendre.
 */
export function squaredLegendre(count: number): QuadratureRule {
  const { nodes, weights } = gaussLegendre(count);
  return {
    nodes: nodes.map((u) => u * u),
    weights: weights.map((w, i) => 2 * nodes[i]! * w),
  };
}
