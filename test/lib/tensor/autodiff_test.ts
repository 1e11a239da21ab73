import assert from "node:assert/strict";
import fc from "fast-check";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  add,
  apply,
  attention,
  cachedAttention,
  cast,
  concat,
  constant,
  floor,
  grad,
  type HostTensor,
  hostTensor,
  input,
  isFloat,
  less,
  log,
  max,
  maximum,
  mul,
  type Node,
  pow,
  reshape,
  scalar,
  scoped,
  select,
  sign,
  slice,
  split,
  sqrt,
  square,
  stopGradient,
  sum,
  tanh,
  type Tensor,
  topologicalOrder,
  verifyGraph,
  vjp,
} from "../../../lib/tensor/mod.ts";
import { SEED } from "../../cases/check.ts";
import {
  graphResults,
  graphSeeds,
  type RandomGraph,
  randomGraph,
} from "../../cases/random_graph.ts";
import { Draw, f32, f64, i32 } from "../../cases/values.ts";
import { assertClose } from "../../tensors.ts";

const reference = createReferenceEngine();

/** Of central differences; third derivatives are of order 1. */
const STEP = 1e-5;

/**
 * Where a step crosses the kink of a maximum, the mean of the slopes on both
 * sides says nothing. Rounding leaves this one 7 digits of slopes near 1.
 */
const SHORT_STEP = 1e-7;

/** What a slope may miss, as a share of it or of 1. */
const SLOPE_TOLERANCE = 1e-6;

/** Values of tensors on the reference. */
function valuesOf(
  outputs: readonly Tensor[],
  bound: ReadonlyMap<Node<"input">, HostTensor>,
): Promise<HostTensor[]> {
  const [inputs, values] = [[...bound.keys()], [...bound.values()]];
  return graphResults(reference, { inputs, values, outputs });
}

async function requireGradient(
  gradients: readonly Tensor[],
  bound: ReadonlyMap<Node<"input">, HostTensor>,
  expected: readonly (readonly number[])[],
): Promise<void> {
  const values = await valuesOf(gradients, bound);
  values.forEach((value, i) =>
    assertClose(value, f64(value.shape, expected[i]!), {
      what: `gradient ${i}`,
      tolerance: 1e-12,
      nonFinite: true,
    })
  );
}

/** One number from all outputs, weighted so that no symmetry hides a mistake. */
function lossOf(outputs: readonly Tensor[]): Tensor {
  const draw = new Draw(outputs.length);
  return outputs
    .map((y) => sum(mul(y, constant(draw.floats(y.shape)))))
    .reduce((a, b) => add(a, b), scalar(0));
}

/** Requires the slope along a random direction to be that of the gradient. */
async function requireDifferences(graph: RandomGraph): Promise<void> {
  const { inputs, values } = graph;
  const loss = lossOf(graph.outputs);
  const gradients = grad(loss, inputs);
  verifyGraph(gradients);
  const draw = new Draw(SEED);
  const directions = values.map(({ shape }) => draw.floats(shape));
  const slopes = await graphResults(reference, {
    ...graph,
    outputs: gradients,
  });
  let slope = 0;
  slopes.forEach(({ data }, i) =>
    data.forEach((value, at) => slope += value * directions[i]!.data[at]!)
  );
  const along = { loss, directions };
  let expected = await differenceOf(graph, { ...along, step: STEP });
  const error = Math.abs(slope - expected);
  if (!(error <= SLOPE_TOLERANCE * Math.max(1, Math.abs(expected)))) {
    expected = await differenceOf(graph, { ...along, step: SHORT_STEP });
  }
  assertClose(f64([], [slope]), f64([], [expected]), {
    what: "slope",
    tolerance: SLOPE_TOLERANCE,
    floor: 1,
  });
}

/** The central difference of a loss along a direction. */
async function differenceOf(
  { inputs, values }: RandomGraph,
  { loss, directions, step }: {
    loss: Tensor;
    directions: readonly HostTensor[];
    step: number;
  },
): Promise<number> {
  const ends: number[] = [];
  for (const by of [step, -step]) {
    const moved = values.map((value, i) =>
      isFloat(value.dtype) ? movedBy(value, by, directions[i]!) : value
    );
    const outputs = [loss];
    const [end] = await graphResults(reference, {
      inputs,
      values: moved,
      outputs,
    });
    ends.push(end!.data[0]!);
  }
  return (ends[0]! - ends[1]!) / (2 * step);
}

function movedBy(
  { shape, data }: HostTensor,
  step: number,
  direction: HostTensor,
): HostTensor {
  const moved = Float64Array.from(data);
  direction.data.forEach((value, i) => moved[i]! += step * value);
  return hostTensor("f64", shape, moved);
}

Deno.test("grad() of a sum of squares is twice the value", async () => {
  const x = input("x", [3]);
  const [dx] = grad(sum(square(x)), [x]);
  await requireGradient([dx!], new Map([[x, f32([3], [1, -2, 0.5])]]), [
    [2, -4, 1],
  ]);
});

Deno.test("grad() refuses a loss that is no scalar", () => {
  const x = input("x", [3]);
  assert.throws(() => grad(square(x), [x]), {
    name: "TypeError",
    message: "Cannot differentiate: the loss must be a scalar, got [3]",
  });
});

Deno.test("vjp() refuses a cotangent of another shape", () => {
  const x = input("x", [3]);
  assert.throws(() => vjp(square(x), [x], input("dy", [1, 3])), {
    name: "TypeError",
    message: "Cannot differentiate: the cotangent must have shape [3], " +
      "got [1,3]",
  });
});

Deno.test("vjp() gives zeros where no gradient flows", async () => {
  const [x, y] = [input("x", [2]), input("y", [3, 1])];
  const label = input("label", [2], "i32");
  const output = add(
    mul(stopGradient(x), select(less(x, 0), 2, 3)),
    cast(label, "f32"),
  );
  const gradients = vjp(output, [x, y, label], input("dy", [2]));
  assert.deepEqual(gradients.map(({ shape }) => [...shape]), [[2], [3, 1], [
    2,
  ]]);
  assert.equal(gradients[2]!.dtype, "i32");
  const bound = new Map([[x, f32([2], [1, -1])]]);
  await requireGradient(gradients.slice(0, 2), bound, [[0, 0], [0, 0, 0]]);
});

Deno.test("vjp() of a tensor by itself is the cotangent", () => {
  const x = square(input("x", [2]));
  const dy = input("dy", [2]);
  assert.deepEqual(vjp(x, [x], dy), [dy]);
});

Deno.test("vjp() stops at the tensors that it is asked for", async () => {
  const x = input("x", [2]);
  const middle = square(x);
  // By x alone the slope is 3 x^2; with x^2 held it is x^2.
  const y = sum(mul(middle, x));
  const bound = new Map([[x, f32([2], [3, -2])]]);
  await requireGradient(grad(y, [x]), bound, [[27, 12]]);
  await requireGradient(grad(y, [middle, x]), bound, [[3, -2], [9, 4]]);
});

Deno.test("vjp() does not look behind what it is asked for", () => {
  const x = floor(input("x", [2]));
  const [dx] = grad(sum(square(x)), [x]);
  assert.deepEqual([...dx!.shape], [2]);
});

Deno.test("vjp() names an op without a gradient, its place and why", () => {
  const x = input("x", [2]);
  const blocks = [
    [sign, "sign"],
    [floor, "floor"],
  ] as const;
  for (const [op, name] of blocks) {
    const y = scoped("layers.1", () => op(mul(x, 2)));
    assert.throws(() => grad(sum(y), [x]), {
      name: "TypeError",
      message: `Cannot differentiate "${name}" at "layers.1": ` +
        "constant between its steps",
    });
  }
  const other = input("y", [2]);
  assert.equal(grad(sum(mul(sign(other), x)), [x]).length, 1);
});

Deno.test("ties share the gradient of maximum evenly", async () => {
  const [a, b] = [input("a", [3]), input("b", [3])];
  const bound = new Map([
    [a, f32([3], [1, 2, 3])],
    [b, f32([3], [1, 5, 0])],
  ]);
  await requireGradient(grad(sum(maximum(a, b)), [a, b]), bound, [
    [0.5, 0, 1],
    [0.5, 1, 0],
  ]);
});

Deno.test("ties share the gradient of reduce_max evenly", async () => {
  const x = input("x", [2, 3]);
  const bound = new Map([[x, f32([2, 3], [4, 4, 1, 0, 2, 1])]]);
  await requireGradient(grad(sum(max(x, { axes: [1] })), [x]), bound, [
    [0.5, 0.5, 0, 0, 1, 0],
  ]);
});

Deno.test("gradients at the edge of a domain follow PyTorch", async () => {
  const [x, p] = [input("x", [3]), input("p", [3])];
  const bound = new Map([
    [x, f32([3], [0, 0, 2])],
    [p, f32([3], [0, 2, 0])],
  ]);
  // x^0 is constant, also at 0; 0^p is constant.
  await requireGradient(grad(sum(pow(x, p)), [x, p]), bound, [
    [0, 0, 0],
    [0, 0, Math.LN2],
  ]);
  await requireGradient(grad(sum(pow(x, 0)), [x]), bound, [[0, 0, 0]]);
  const edge = new Map([[x, f32([3], [0, 1, 4])]]);
  await requireGradient(grad(sum(sqrt(x)), [x]), edge, [[Infinity, 0.5, 0.25]]);
  await requireGradient(grad(sum(log(x)), [x]), edge, [[Infinity, 1, 0.25]]);
});

Deno.test("vjp() counts an input of a composite that stands twice once", async () => {
  const x = input("x", [1, 2, 3, 2]);
  const position = input("position", [], "i32");
  const cached = cachedAttention({
    q: x,
    k: x,
    v: x,
    keys: x,
    values: x,
    position,
    scale: 0.5,
  });
  const attributes = { causal: false, scale: 0.5 };
  const results = [
    cached,
    attention([x, x, x], attributes),
    apply("attention_dq", [x, x, x, x], attributes),
    apply("attention_dk", [x, x, x, x], attributes),
    apply("attention_dv", [x, x, x, x], attributes),
  ];
  const value = new Draw(SEED).floats(x.shape);
  const bound = new Map([[x, value], [position, i32([], [0])]]);
  for (const y of results) {
    await requireDifferences({
      inputs: [x, position],
      values: [...bound.values()],
      outputs: [y],
    });
  }
});

Deno.test("vjp() through an expansion stops at inputs that are rearranged", async () => {
  const x = input("x", [2, 3, 4]);
  const attributes = { groups: 1, epsilon: 0.1 };
  const images = reshape(x, [2, 3, 4, 1]);
  const weight = constant(f32([3], [1, 2, 3]));
  // Group norm reads its images as [B, G, ..], which is x again.
  const inputs = [images, weight, images];
  await requireDifferences({
    inputs: [x],
    values: [new Draw(SEED).floats(x.shape)],
    outputs: [apply("group_norm_dx", inputs, attributes)],
  });
});

Deno.test("vjp() refuses a tensor that the output reads past", async () => {
  const x = input("x", [2, 3]);
  const flat = reshape(x, [6]);
  const y = sum(square(reshape(flat, [3, 2])));
  assert.throws(() => grad(y, [flat]), {
    name: "TypeError",
    message: 'Cannot differentiate by a reshape at "" that the output does ' +
      "not read: it reads the tensor that was rearranged, so ask for that one",
  });
  const bound = new Map([[x, f32([2, 3], [1, 2, 3, 4, 5, 6])]]);
  await requireGradient(grad(y, [x]), bound, [[2, 4, 6, 8, 10, 12]]);
  const direct = grad(sum(square(flat)), [flat]);
  await requireGradient(direct, bound, [[2, 4, 6, 8, 10, 12]]);
  const unrelated = reshape(input("z", [4]), [2, 2]);
  await requireGradient(grad(y, [unrelated]), bound, [[0, 0, 0, 0]]);
});

Deno.test("vjp() puts the gradients of tiles side by side, without a sum", () => {
  const x = input("x", [2, 6]);
  const [a, b, c] = split(x, 3, 1);
  const y = concat([mul(c!, 3), tanh(a!), square(b!)], 1);
  const [dx] = vjp(y, [x], input("dy", [2, 6]));
  assert.equal(dx!.op, "concat");
  verifyGraph([dx!]);
});

Deno.test("vjp() adds the gradients of slices that overlap or leave gaps", async () => {
  const x = input("x", [5]);
  const parts = [
    slice(x, 0, { start: 0, stop: 2 }),
    slice(x, 0, { start: 1, stop: 3 }),
    slice(x, 0, { start: 4, stop: 5 }),
  ];
  const bound = new Map([[x, f32([5], [1, 2, 3, 4, 5])]]);
  const all = parts.map((part, i) => mul(sum(part), 10 ** i));
  const total = all.reduce((a, b) => add(a, b));
  await requireGradient(grad(total, [x]), bound, [[1, 11, 10, 0, 100]]);
  const apart = add(all[0]!, all[2]!);
  await requireGradient(grad(apart, [x]), bound, [[1, 1, 0, 0, 100]]);
  const twice = add(all[0]!, sum(square(parts[0]!)));
  await requireGradient(grad(twice, [x]), bound, [[3, 5, 0, 0, 0]]);
});

Deno.test("vjp() goes through graphs of many paths once a node", () => {
  const x = input("x", []);
  let y: Tensor = x;
  for (let i = 0; i < 2000; i++) y = add(mul(y, 0.5), tanh(y));
  const [dx] = grad(y, [x]);
  assert.ok(topologicalOrder([dx!]).length < 50_000);
});

Deno.test("gradients of random graphs equal central differences", async () => {
  const property = fc.asyncProperty(
    graphSeeds,
    (seed) => requireDifferences(randomGraph(seed)),
  );
  await fc.assert(property, {
    seed: SEED,
    numRuns: 300,
    // A kink lies a millionth away.
    examples: [[{ seed: 496921652, steps: 6 }]],
  });
});

Deno.test("second gradients of random graphs equal central differences", async () => {
  const property = fc.asyncProperty(graphSeeds, async (seed) => {
    const graph = randomGraph(seed);
    const gradients = grad(lossOf(graph.outputs), graph.inputs);
    await requireDifferences({ ...graph, outputs: gradients.map(square) });
  });
  await fc.assert(property, { seed: SEED, numRuns: 100 });
});
