import type { Tensor } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../code.ts";
import type { Index } from "../../wgsl/index.ts";

/** Where an element of an operand is asked for: all as indices of the kernel. */
export interface Place {
  /** Matrix. */
  readonly b: Index;
  /** Row of the left operand or column of the right one. */
  readonly outer: Index;
  /** Term of the sum. */
  readonly k: Index;
}

/** One side of a sum of products. */
export interface Operand {
  /**
   * Goes to a row of the left operand or a column of the right one, and returns
   * what reads its terms: what they share is computed here.
   */
  open(
    code: KernelCode,
    place: Omit<Place, "k">,
  ): (k: Index) => string;
  /** Where an element is, of an operand that is nothing but elements of a tensor. */
  readonly elements?: {
    readonly tensor: Tensor;
    at(place: Place): Index[];
  };
}

/** A tile's place in the sums of a problem, as variables of the kernel. */
export interface TilePlace {
  readonly batch: string;
  readonly row: string;
  readonly column: string;
}

/** What decides which kernel is fast. */
export interface ProblemSizes {
  /** What it comes from, and which way its operands lie: what may favour one kernel over another. */
  readonly kind: string;
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * A sum of products y[b, m, n] = sum over k of left[b, m, k] right[b, k, n], as
 * matrix products and convolutions both are.
 */
export interface Problem extends ProblemSizes {
  readonly left: Operand;
  readonly right: Operand;
  /**
   * Declares the variables of the group's domain at a place.
   *
   * @returns what holds where the place is one of the result's
   */
  declare(code: KernelCode, place: TilePlace): string;
}

/** An operand whose elements are those of a tensor. */
export function elementsOf(
  tensor: Tensor,
  at: (place: Place) => Index[],
): Operand {
  return {
    elements: { tensor, at },
    open: (code, place) => (k) => code.evaluate(tensor, at({ ...place, k })),
  };
}

/** The domain of a problem whose rows and columns are those of the result. */
export function declareAsIs(
  { m, n }: { m: number; n: number },
): Problem["declare"] {
  return ({ writer }, { batch, row, column }) => {
    writer.line(`let b = ${batch};`);
    writer.line(`let m = ${row};`);
    writer.line(`let n = ${column};`);
    return `m < ${m}u && n < ${n}u`;
  };
}
