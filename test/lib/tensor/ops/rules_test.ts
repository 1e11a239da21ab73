import assert from "node:assert/strict";
import {
  add,
  apply,
  attention,
  averagePool,
  cachedAttention,
  concat,
  conv2d,
  convTranspose2d,
  type DType,
  flip,
  gather,
  groupNorm,
  input,
  layerNorm,
  matmul,
  max,
  maxPool,
  mean,
  pad,
  permute,
  rmsNorm,
  rotary,
  scatterAdd,
  select,
  type Shape,
  slice,
  sliceAt,
  sliceBox,
  softmax,
  sqrt,
  sum,
  type Tensor,
  uniform,
  updateSlice,
} from "../../../../lib/tensor/mod.ts";

function leaf(shape: Shape, dtype: DType = "f32"): Tensor {
  return input("x", shape, dtype);
}

/** What is refused, and a part of the message. */
type Refusals = Readonly<Record<string, readonly [() => unknown, RegExp]>>;

function testRefusals(refusals: Refusals): void {
  for (const [what, [build, message]] of Object.entries(refusals)) {
    Deno.test(what, () => {
      assert.throws(build, (error: Error) => {
        assert.ok(error instanceof TypeError || error instanceof RangeError);
        assert.match(error.message, message);
        return true;
      });
    });
  }
}

const I32 = leaf([], "i32");

testRefusals({
  "maxPool() refuses windows of nothing but padding": [
    () => maxPool(leaf([1, 1, 4, 4]), { kernel: 2, padding: 2 }),
    /less padding than the window of \[2,2\], got \[2,2\]/,
  ],
  "averagePool() refuses a window past the image": [
    () => averagePool(leaf([1, 1, 4, 2]), { kernel: 3 }),
    /kernel inside the padded image, got 3 x 3 on 4 x 2/,
  ],
  "maxPool() refuses what are no images": [
    () => maxPool(leaf([4, 4]), { kernel: 2 }),
    /images \[B, C, H, W\] of rank 4/,
  ],
  "add() refuses shapes that do not broadcast": [
    () => add(leaf([2, 3]), leaf([2])),
    /"add" .*shapes must match or be 1, got \[2,3\] and \[2\]/,
  ],
  "add() refuses mixed dtypes": [
    () => add(leaf([2]), leaf([2], "i32")),
    /Expected one dtype, got f32 and i32/,
  ],
  "add() refuses truth values": [
    () => add(leaf([2], "bool"), leaf([2], "bool")),
    /Expected number elements, got bool/,
  ],
  "sqrt() refuses integers": [
    () => sqrt(leaf([2], "i32")),
    /Expected float elements, got i32/,
  ],
  "select() refuses a condition of numbers": [
    () => select(leaf([2]), 1, leaf([2])),
    /Expected bool elements, got f32/,
  ],
  "apply() refuses a wrong number of inputs": [
    () => apply("add", [leaf([2])], {}),
    /Expected 2 inputs, got 1/,
  ],
  "sum() refuses an axis that is not there": [
    () => sum(leaf([2, 3]), { axes: [2] }),
    /Axis must be an axis of rank 2, got 2/,
  ],
  "sum() refuses a repeated axis": [
    () => sum(leaf([2, 3]), { axes: [1, -1] }),
    /Axes must not repeat/,
  ],
  "permute() refuses a repeated axis": [
    () => permute(leaf([2, 3]), [0, 0]),
    /Axes must not repeat, got \[0,0\]/,
  ],
  "permute() refuses a missing axis": [
    () => permute(leaf([2, 3]), [0]),
    /Order must name every axis of \[2,3\], got \[0\]/,
  ],
  "broadcast refuses to shrink": [
    () => apply("broadcast", [leaf([3])], { shape: [1] }),
    /Cannot broadcast shape \[3\] to \[1\]/,
  ],
  "slice() refuses what lies outside": [
    () => slice(leaf([2, 3]), 1, { start: 1, stop: 4 }),
    /Slice must lie inside axis 1 of \[2,3\], got 1 to 4/,
  ],
  "slice() refuses to end before it starts": [
    () => slice(leaf([5]), 0, { start: 3, stop: 2 }),
    /got 3 to 2/,
  ],
  "sliceBox() refuses a box of another rank": [
    () => sliceBox(leaf([2, 3]), [1], [2]),
    /Slice must name every axis of \[2,3\]/,
  ],
  "pad() refuses a negative margin": [
    () => pad(leaf([3]), [-1], [0]),
    /Padding must not be negative, got -1/,
  ],
  "pad() refuses margins of another rank": [
    () => pad(leaf([3, 3]), [1], [0]),
    /Padding must name every axis of \[3,3\]/,
  ],
  "concat() refuses inputs that differ elsewhere": [
    () => concat([leaf([2, 3]), leaf([3, 3])], 1),
    /differ in axis 1 only, got f32 \[2,3\] and f32 \[3,3\]/,
  ],
  "concat() refuses mixed dtypes": [
    () => concat([leaf([2]), leaf([2], "i32")], 0),
    /got f32 \[2\] and i32 \[2\]/,
  ],
  "flip() refuses a repeated axis": [
    () => flip(leaf([2, 3]), [1, 1]),
    /Axes must not repeat/,
  ],
  "matmul() refuses vectors": [
    () => matmul(leaf([3]), leaf([3, 2])),
    /Expected matrices, got \[3\] and \[3,2\]/,
  ],
  "matmul() refuses inner sizes that differ": [
    () => matmul(leaf([2, 3]), leaf([2, 3])),
    /Expected equal inner sizes/,
  ],
  "matmul() refuses leading axes that do not broadcast": [
    () => matmul(leaf([2, 2, 3]), leaf([3, 3, 2])),
    /Cannot broadcast/,
  ],
  "conv2d() refuses filters for other channels": [
    () => conv2d(leaf([1, 3, 5, 5]), leaf([4, 2, 3, 3])),
    /Expected filters for the channels of the images/,
  ],
  "conv2d() refuses a kernel past the padded image": [
    () => conv2d(leaf([1, 2, 4, 4]), leaf([4, 2, 7, 1]), { padding: 1 }),
    /got 7 x 1 on 4 x 4 with padding \[1,1\]/,
  ],
  "convTranspose2d() refuses filters for other channels": [
    () => convTranspose2d(leaf([1, 3, 5, 5]), leaf([2, 4, 3, 3])),
    /Expected a gradient of a convolution of 7 x 7 images/,
  ],
});

const ROWS = leaf([3], "i32");
const HEADS = leaf([2, 3, 5, 4]);

testRefusals({
  "gather() refuses a scalar": [
    () => gather(leaf([]), ROWS),
    /Expected a table of rows, got a scalar/,
  ],
  "gather() refuses indices that are no integers": [
    () => gather(leaf([5, 2]), leaf([3])),
    /Expected integer elements, got f32/,
  ],
  "scatterAdd() refuses updates that do not match the indices": [
    () => scatterAdd(ROWS, leaf([2, 4]), 5),
    /Expected one update an index, got \[3\] and \[2,4\]/,
  ],
  "sliceAt() refuses a size past the axis": [
    () => sliceAt(leaf([4, 2]), I32, { axis: 0, size: 5 }),
    /size of at most 4 along axis 0 of \[4,2\], got 5/,
  ],
  "sliceAt() refuses a start that is no scalar": [
    () => sliceAt(leaf([4, 2]), ROWS, { axis: 0, size: 1 }),
    /Expected a start of rank 0/,
  ],
  "updateSlice() refuses an update that does not fit": [
    () => updateSlice(leaf([4, 2]), leaf([2, 3]), { start: I32, axis: 0 }),
    /Expected an update that fits along axis 0/,
  ],
  "updateSlice() refuses an update of another dtype": [
    () => updateSlice(leaf([4]), leaf([2], "i32"), { start: I32, axis: 0 }),
    /Expected an update that fits/,
  ],
  "uniform() refuses a key of one word": [
    () =>
      uniform({
        key: leaf([1], "u32"),
        rows: leaf([2], "u32"),
        step: leaf([], "u32"),
      }, { shape: [3], stream: 0 }),
    /Expected a key of two words/,
  ],
  "uniform() refuses a key of i32": [
    () =>
      uniform({
        key: leaf([2], "i32"),
        rows: leaf([2], "u32"),
        step: leaf([], "u32"),
      }, { shape: [3], stream: 0 }),
    /Expected word elements, got i32/,
  ],
  "softmax() refuses a scalar": [
    () => softmax(leaf([])),
    /Expected a last axis/,
  ],
  "rmsNorm() refuses a weight of another width": [
    () => rmsNorm(leaf([2, 4]), leaf([3]), 1e-6),
    /Expected a vector of the second shape, got \[3\] and \[4\]/,
  ],
  "layerNorm() refuses a bias of another width": [
    () =>
      layerNorm(leaf([2, 4]), {
        weight: leaf([4]),
        bias: leaf([2, 4]),
        epsilon: 0,
      }),
    /got \[2,4\] and \[4\]/,
  ],
  "groupNorm() refuses groups that do not divide the channels": [
    () =>
      groupNorm(leaf([1, 6, 2, 2]), {
        weight: leaf([6]),
        bias: leaf([6]),
        groups: 4,
        epsilon: 0,
      }),
    /Expected groups that divide 6 channels, got 4/,
  ],
  "rotary() refuses an odd head width": [
    () => rotary(leaf([1, 2, 3, 5]), leaf([2, 2]), leaf([2, 2])),
    /Expected an even head width/,
  ],
  "rotary() refuses angles of another length": [
    () => rotary(leaf([1, 2, 3, 4]), leaf([3, 2]), leaf([3, 2])),
    /Expected cosines of the second shape, got \[3,2\] and \[2,2\]/,
  ],
  "attention() refuses values unlike keys": [
    () =>
      attention([HEADS, HEADS, leaf([2, 3, 4, 4])], {
        causal: false,
        scale: 1,
      }),
    /Expected values of the second shape/,
  ],
  "attention() refuses causal queries before the first key": [
    () =>
      attention([HEADS, leaf([2, 3, 4, 4]), leaf([2, 3, 4, 4])], {
        causal: true,
        scale: 1,
      }),
    /no more causal queries than keys/,
  ],
  "cachedAttention() refuses a cache of other heads": [
    () =>
      cachedAttention({
        q: HEADS,
        k: HEADS,
        v: HEADS,
        keys: leaf([2, 2, 9, 4]),
        values: leaf([2, 2, 9, 4]),
        position: I32,
        scale: 1,
      }),
    /Expected cached keys/,
  ],
});

Deno.test("functions take axes from the end", () => {
  const x = leaf([2, 3, 5]);
  assert.deepEqual([...permute(x, [-1, 0, 1]).shape], [5, 2, 3]);
  assert.equal(permute(x, [0, -2, -1]), x);
  assert.deepEqual([...concat([x, x], -2).shape], [2, 6, 5]);
  assert.deepEqual([...max(x, { axes: [-3] }).shape], [3, 5]);
  assert.deepEqual([...mean(x, { axes: [-1], keepDims: true }).shape], [
    2,
    3,
    1,
  ]);
  assert.deepEqual([...slice(x, -1, { start: 2 }).shape], [2, 3, 3]);
  const part = sliceAt(x, I32, { axis: -1, size: 2 });
  assert.deepEqual([...part.shape], [2, 3, 2]);
});
