import fc from "fast-check";
import type {
  DType,
  FAMILIES,
  OpAttributes,
  Shape,
} from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Samples, samplesFrom } from "./case.ts";
import { anyTypes, axesOf, broadcasts, shapes } from "./layouts.ts";
import { f32, f64, i32 } from "./values.ts";

type Movement = keyof typeof FAMILIES.movement;

const EXACT = {
  f32: 0,
  gradient: 1e-6,
  reason: "elements are moved; the gradient of broadcast sums up to 300 terms",
  half: HALF.moved,
} as const;

/** Shapes of the inputs, attributes, and a dtype. */
interface Layout<A> {
  readonly shapes: readonly Shape[];
  readonly attributes: A;
}

/** Samples of every dtype from corner layouts and random ones. */
function moves<A>(
  corners: readonly Layout<A>[],
  layouts: fc.Arbitrary<Layout<A>>,
): Samples<A> {
  type Typed = Layout<A> & { readonly dtype: DType };
  const typed = corners.flatMap((layout, i): Typed[] => [
    { ...layout, dtype: "f32" },
    // Every other dtype once.
    ...(i === 0 ? [{ ...layout, dtype: "i32" as const }] : []),
    ...(i === 1 ? [{ ...layout, dtype: "bool" as const }] : []),
  ]);
  return samplesFrom<Typed, A>(
    typed,
    fc.tuple(layouts, anyTypes)
      .map(([layout, dtype]) => ({ ...layout, dtype })),
    ({ shapes, attributes, dtype }, draw) => ({
      inputs: shapes.map((shape) => draw.of(dtype, shape)),
      attributes,
    }),
  );
}

function one<A>(shape: Shape, attributes: A): Layout<A> {
  return { shapes: [shape], attributes };
}

/** The same elements in another order of sizes, or flat, or with 1s. */
const reshapes = shapes().chain((shape) =>
  fc.constantFrom(
    shape.toReversed(),
    [shape.reduce((a, b) => a * b, 1)],
    [...shape, 1],
    [1, ...shape],
  ).map((to) => one(shape, { shape: to }))
);

const permutations = shapes({ maxRank: 5 }).chain((shape) => {
  const axes = shape.map((_, axis) => axis);
  return fc.shuffledSubarray(axes, { minLength: axes.length })
    .map((order) => one(shape, { order }));
});

const boxes = shapes().chain((shape) =>
  fc.tuple(
    ...shape.map((size) =>
      fc.tuple(fc.nat({ max: size }), fc.nat({ max: size }))
    ),
  ).map((ends) =>
    one(shape, {
      starts: ends.map(([a, b]) => Math.min(a, b)),
      stops: ends.map(([a, b]) => Math.max(a, b)),
    })
  )
);

const margins = shapes({ maxRank: 3 }).chain((shape) =>
  fc.tuple(...shape.map(() => fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }))))
    .map((ends) =>
      one(shape, {
        low: ends.map(([low]) => low),
        high: ends.map(([, high]) => high),
      })
    )
);

const joins = shapes({ minRank: 1, maxRank: 3 }).chain((shape) =>
  fc.record({
    axis: fc.nat({ max: shape.length - 1 }),
    sizes: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
  }).map(({ axis, sizes }) => ({
    shapes: sizes.map((size) => shape.with(axis, size)),
    attributes: { axis },
  }))
);

const flips = shapes().chain((shape) =>
  axesOf(shape).map((axes) => one(shape, { axes }))
);

const COUNTED = f32([2, 3], [1, 2, 3, 4, 5, 6]);

/** Cases of the movement ops. */
export const movement: Cases<Movement> = {
  reshape: {
    examples: [{
      name: "row-major order stays",
      inputs: [COUNTED],
      attributes: { shape: [3, 1, 2] },
      expected: f64([3, 1, 2], [1, 2, 3, 4, 5, 6]),
    }],
    samples: moves<OpAttributes["reshape"]>([
      one([2, 3], { shape: [6] }),
      one([5], { shape: [5, 1] }),
      one([], { shape: [1, 1] }),
      one([1], { shape: [] }),
      one([0, 3], { shape: [5, 0] }),
    ], reshapes),
    tolerance: EXACT,
  },
  permute: {
    examples: [
      {
        name: "transposes",
        inputs: [COUNTED],
        attributes: { order: [1, 0] },
        expected: f64([3, 2], [1, 4, 2, 5, 3, 6]),
      },
      {
        name: "turns three axes",
        inputs: [i32([2, 1, 3], [1, 2, 3, 4, 5, 6])],
        attributes: { order: [2, 0, 1] },
        expected: i32([3, 2, 1], [1, 4, 2, 5, 3, 6]),
      },
    ],
    samples: moves<OpAttributes["permute"]>([
      one([2, 3, 4], { order: [2, 0, 1] }),
      one([2, 3, 4, 5], { order: [0, 2, 1, 3] }),
      one([7, 9], { order: [1, 0] }),
      one([], { order: [] }),
      one([3, 0], { order: [1, 0] }),
    ], permutations),
    tolerance: EXACT,
  },
  broadcast: {
    examples: [{
      name: "new axes and axes of size 1",
      inputs: [f32([2, 1], [1, 2])],
      attributes: { shape: [2, 2, 3] },
      expected: f64([2, 2, 3], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]),
    }],
    samples: moves<OpAttributes["broadcast"]>(
      [
        one([3, 1], { shape: [2, 3, 5] }),
        one([1], { shape: [4] }),
        one([], { shape: [] }),
        one([], { shape: [33] }),
        one([1, 3], { shape: [0, 3] }),
      ],
      broadcasts.map(([part, whole]) => one(part, { shape: whole })),
    ),
    tolerance: { ...EXACT, half: HALF.sums },
  },
  slice: {
    examples: [{
      name: "a box",
      inputs: [COUNTED],
      attributes: { starts: [1, 0], stops: [2, 2] },
      expected: f64([1, 2], [4, 5]),
    }],
    samples: moves<OpAttributes["slice"]>([
      one([4, 5], { starts: [1, 2], stops: [3, 5] }),
      one([6], { starts: [0], stops: [5] }),
      one([], { starts: [], stops: [] }),
      one([3, 4], { starts: [2, 1], stops: [2, 3] }),
    ], boxes),
    tolerance: EXACT,
  },
  pad: {
    examples: [{
      name: "zeros on both sides",
      inputs: [f32([1, 2], [1, 2])],
      attributes: { low: [1, 0], high: [0, 2] },
      expected: f64([2, 4], [0, 0, 0, 0, 1, 2, 0, 0]),
    }],
    samples: moves<OpAttributes["pad"]>([
      one([2, 3], { low: [1, 0], high: [0, 2] }),
      one([3], { low: [0], high: [0] }),
      one([], { low: [], high: [] }),
      one([0, 2], { low: [2, 0], high: [1, 1] }),
    ], margins),
    tolerance: EXACT,
  },
  concat: {
    examples: [{
      name: "along the last axis, one part empty",
      inputs: [f32([2, 1], [1, 4]), f32([2, 0], []), f32([2, 2], [2, 3, 5, 6])],
      attributes: { axis: 1 },
      expected: f64([2, 3], [1, 2, 3, 4, 5, 6]),
    }],
    samples: moves<OpAttributes["concat"]>([
      { shapes: [[2, 3], [2, 1], [2, 4]], attributes: { axis: 1 } },
      { shapes: [[3], [5]], attributes: { axis: 0 } },
      { shapes: [[2, 2]], attributes: { axis: 0 } },
      { shapes: [[0, 2], [3, 2]], attributes: { axis: 0 } },
    ], joins),
    tolerance: EXACT,
  },
  flip: {
    examples: [
      {
        name: "rows backwards",
        inputs: [COUNTED],
        attributes: { axes: [1] },
        expected: f64([2, 3], [3, 2, 1, 6, 5, 4]),
      },
      {
        name: "an axis from the end",
        inputs: [COUNTED],
        attributes: { axes: [-2] },
        expected: f64([2, 3], [4, 5, 6, 1, 2, 3]),
      },
    ],
    samples: moves<OpAttributes["flip"]>([
      one([2, 3], { axes: [0, 1] }),
      one([7], { axes: [0] }),
      one([], { axes: [] }),
      one([0, 2], { axes: [0] }),
      one([3, 3, 5], { axes: [-1, 0] }),
    ], flips),
    tolerance: EXACT,
  },
};
