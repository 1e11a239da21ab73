import fc from "fast-check";
import type {
  HostTensor,
  OpAttributes,
  OpName,
  Tensor,
} from "../../lib/tensor/mod.ts";
import { Draw } from "./values.ts";

/** One application of an op. */
export interface Sample<A> {
  readonly inputs: readonly HostTensor[];
  readonly attributes: A;
}

/** An application whose result was worked out by hand. */
export interface Example<A> extends Sample<A> {
  readonly name: string;
  readonly expected: HostTensor;
  /** False where the gradient is undefined, so that no engine must agree. */
  readonly gradient?: boolean;
}

/** Applications that are always tried, and ever more. */
export interface Samples<A> {
  readonly corners: readonly Sample<A>[];
  readonly random: fc.Arbitrary<Sample<A>>;
}

/** How far an engine may be from the reference. */
export interface Tolerance {
  /** Of f32 results, relative to the largest magnitude; integers are exact. */
  readonly f32: number;
  /** Of f32 gradients: ten times that of results where absent. */
  readonly gradient?: number;
  /** Magnitude of terms that cancel: smaller results may err as much; 0 by default. */
  readonly floor?: number;
  readonly reason: string;
  /** The same with f16 in memory. */
  readonly half: HalfBound;
}

/**
 * Error of a result and of a gradient where kernels keep f16, in roundings of
 * the largest magnitude (of 1 at least).
 */
export type HalfBound = readonly [result: number, gradient: number];

/** How close ops are with f16 in memory. */
export const HALF = {
  /** Nothing but values that are f16 already: what is moved, compared, or counted. */
  moved: [1, 1],
  /** A result that is rounded once, a gradient that is a product with another one. */
  once: [1, 2],
  /** Results from sums of rounded terms. */
  sums: [2, 3],
  /** Gradients through weights that are made of rounded scores. */
  scores: [2, 5],
} as const satisfies Record<string, HalfBound>;

/** What is tested of one op, on every engine. */
export interface OpCase<A> {
  readonly examples: readonly Example<A>[];
  /** Values at which the op is differentiable, if it ever is. */
  readonly samples: Samples<A>;
  readonly tolerance: Tolerance;
  /** "zero" where no gradient flows by definition; central differences else. */
  readonly gradient?: "zero";
  /** Inputs that count as constants: no gradient flows to them by decision. */
  readonly constants?: readonly number[];
  /** How a node is made where it is not an application of the op to the inputs. */
  build?(inputs: readonly Tensor[], sample: Sample<A>): Tensor;
}

/** Attributes of an op that has none. */
export type None = OpAttributes["add"];

/** One case an op: a missing one does not compile. */
export type CaseTable = {
  readonly [K in OpName]: OpCase<OpAttributes[K]>;
};

/** Cases of one family. */
export type Cases<K extends OpName> = Pick<CaseTable, K>;

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Samples from layouts (shapes and attributes): the awkward ones, and random ones. */
export function samplesFrom<L, A>(
  corners: readonly L[],
  layouts: fc.Arbitrary<L>,
  make: (layout: L, draw: Draw) => Sample<A>,
): Samples<A> {
  return {
    corners: corners.map((layout, i) => make(layout, new Draw(i))),
    random: fc.tuple(layouts, seeds)
      .map(([layout, seed]) => make(layout, new Draw(seed))),
  };
}
