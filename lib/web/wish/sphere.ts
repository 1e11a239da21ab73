/** The tokens of a picture as directions: all that the panel shows of them. */
export interface Directions {
  /** Length of each token. */
  readonly norms: readonly number[];
  /** Angle in degrees between each token and the one before it; the first has none. */
  readonly turns: readonly number[];
}

/**
 * Lengths and angles of the first `finished` tokens.
 *
 * @param tokens [N, d]
 */
export function directionsOf(
  tokens: Float32Array,
  { width, finished }: { readonly width: number; readonly finished: number },
): Directions {
  const rows = Array.from(
    { length: finished },
    (_, i) => tokens.subarray(i * width, (i + 1) * width),
  );
  const norms = rows.map((row) => Math.sqrt(dot(row, row)));
  const turns = rows.slice(1).map((row, i) => {
    const cosine = dot(rows[i]!, row) / (norms[i]! * norms[i + 1]!);
    return Math.acos(Math.max(-1, Math.min(1, cosine))) * 180 / Math.PI;
  });
  return { norms, turns };
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
