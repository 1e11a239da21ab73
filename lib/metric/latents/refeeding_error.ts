import { tokenNorm, type TokenSet } from "./token_set.ts";

/** Errors of tokens by their position: root mean squares over images. */
export interface RefeedingError {
  /** Along the reference token: its scale is wrong. */
  readonly radial: Float64Array;
  /** Across it: its direction is wrong. */
  readonly tangential: Float64Array;
}

/**
 * Splits the error e = z - zbar of tokens that are fed back into its parts
 * along and across the reference token: e = alpha zbar + t (Eq. 13). A projection
 * to the sphere leaves of it, to first order, the tangential part alone (Eq. 12).
 *
 * @throws {RangeError} when the sets differ in size, or a reference token is 0
 */
export function refeedingError(
  { found, reference }: {
    readonly found: TokenSet;
    readonly reference: TokenSet;
  },
): RefeedingError {
  const { images, tokens, d } = reference;
  const sizes = ({ images, tokens, d }: TokenSet) =>
    `${images} x ${tokens} x ${d}`;
  if (sizes(found) !== sizes(reference)) {
    throw new RangeError(
      `Cannot compare tokens of ${sizes(found)} with ${sizes(reference)}`,
    );
  }
  const radial = new Float64Array(tokens),
    tangential = new Float64Array(tokens);
  for (let k = 0; k < tokens; k++) {
    for (let image = 0; image < images; image++) {
      const norm = tokenNorm(reference, { image, k });
      if (norm === 0) {
        throw new RangeError(
          `Cannot split an error at token ${k} of image ${image}: its ` +
            "reference has length 0",
        );
      }
      const start = (image * tokens + k) * d;
      let along = 0, squares = 0;
      for (let i = start; i < start + d; i++) {
        const error = found.data[i]! - reference.data[i]!;
        along += error * reference.data[i]! / norm;
        squares += error ** 2;
      }
      radial[k]! += along ** 2 / images;
      tangential[k]! += Math.max(0, squares - along ** 2) / images;
    }
  }
  return {
    radial: radial.map(Math.sqrt),
    tangential: tangential.map(Math.sqrt),
  };
}
