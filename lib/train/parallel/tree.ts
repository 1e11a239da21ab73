import { add, type Tensor } from "../../tensor/mod.ts";

/**
 * The sum of terms: neighbours are added, then neighbouring pairs, and so on.
 *
 * Of 2^k terms each aligned group of 2^j is a sum of its own, whoever makes it,
 * so that the sum does not depend on how terms are shared out.
 */
export function addInTree(terms: readonly Tensor[]): Tensor {
  if (terms.length === 1) return terms[0]!;
  const half = terms.length / 2;
  return add(addInTree(terms.slice(0, half)), addInTree(terms.slice(half)));
}

/** Whether a number is 1, 2, 4, 8, .. */
export function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 &&
    Number.isInteger(Math.log2(value));
}
