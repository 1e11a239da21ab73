import fc from "fast-check";
import type { DType, Shape } from "../../lib/tensor/mod.ts";

/** Sizes that fit no tile: mostly small, sometimes none, one or past a tile. */
const sizes = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 5 }), weight: 8 },
  { arbitrary: fc.constantFrom(0, 1), weight: 2 },
  { arbitrary: fc.constantFrom(7, 9, 17), weight: 1 },
);

/** Sizes of which none is 0. */
export const positive = fc.integer({ min: 1, max: 5 });

const MAX_ELEMENTS = 300;

function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * Math.max(size, 1), 1);
}

/** Shapes of a rank between two bounds. */
export function shapes(
  { minRank = 0, maxRank = 4 }: { minRank?: number; maxRank?: number } = {},
): fc.Arbitrary<Shape> {
  return fc.array(sizes, { minLength: minRank, maxLength: maxRank })
    .filter((shape) => elements(shape) <= MAX_ELEMENTS);
}

/** Shapes that every op without axes is tried with. */
export const AWKWARD_SHAPES: readonly Shape[] = [
  [],
  [0],
  [1],
  [3, 0, 2],
  [33],
  [2, 3, 5],
  [1, 7, 1, 2],
];

/** Two shapes that broadcast. */
export type ShapePair = readonly [Shape, Shape];

/** Pairs: equal, scalars, size 1 and missing axes on each side, size 0. */
export const AWKWARD_PAIRS: readonly ShapePair[] = [
  [[], []],
  [[3], [3]],
  [[], [2, 3]],
  [[2, 3], []],
  [[4, 1], [5]],
  [[1, 3], [2, 1]],
  [[2, 1, 3], [5, 1]],
  [[0], [1]],
  [[2, 1], [1, 0]],
  [[17], [3, 17]],
];

interface Shrink {
  readonly drop: number;
  readonly ones: readonly boolean[];
}

function shrunk(shape: Shape, { drop, ones }: Shrink): Shape {
  return shape.map((size, axis) => ones[axis] ? 1 : size)
    .slice(Math.min(drop, shape.length));
}

const shrinks: fc.Arbitrary<Shrink> = fc.record({
  drop: fc.constantFrom(0, 0, 0, 1, 2),
  ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
});

/** A shape and one that broadcasts to it. */
export const broadcasts: fc.Arbitrary<ShapePair> = fc.tuple(shapes(), shrinks)
  .map(([whole, part]) => [shrunk(whole, part), whole]);

/** Shapes that broadcast together. */
export const pairs: fc.Arbitrary<ShapePair> = fc.tuple(
  shapes(),
  fc.oneof(shrinks, fc.constant({ drop: 0, ones: [] })),
  fc.oneof(shrinks, fc.constant({ drop: 0, ones: [] })),
).map(([shape, a, b]) => [shrunk(shape, a), shrunk(shape, b)]);

/** Dtypes that arithmetic works in on every engine. */
export const numberTypes: fc.Arbitrary<DType> = fc.constantFrom(
  "f32",
  "f32",
  "i32",
);

/** Dtypes that movement works in on every engine. */
export const anyTypes: fc.Arbitrary<DType> = fc.constantFrom(
  "f32",
  "f32",
  "i32",
  "bool",
);

/** Some axes of a shape, counted from either end. */
export function axesOf(shape: Shape): fc.Arbitrary<number[]> {
  const axes = shape.map((_, axis) => axis);
  return fc.tuple(fc.subarray(axes), fc.boolean())
    .map(([chosen, negative]) =>
      negative ? chosen.map((axis) => axis - shape.length) : chosen
    );
}
