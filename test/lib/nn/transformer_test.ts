import assert from "node:assert/strict";
import {
  type BlockOptions,
  blockSpecs,
  feedForwardWidth,
  fullAttention,
  type Parameters,
  rotaryAngles,
  shapesOf,
  swiGlu,
  transformerBlock,
} from "../../../lib/nn/mod.ts";
import {
  constant,
  constantArray,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose, compareTensors } from "../../tensors.ts";
import { constants, evaluate, noise, randomWeights } from "../model/_models.ts";

const WIDTH = 16;
const LENGTH = 5;
const WEIGHTS = randomWeights(shapesOf(blockSpecs(WIDTH)));
const X = noise([2, LENGTH, WIDTH], { name: "x" });

function options(
  { causal, grid = 2 }: { causal: boolean; grid?: number },
): BlockOptions {
  const leading = LENGTH - grid * grid;
  const angles = rotaryAngles({ grid, leading, headWidth: WIDTH / 2 });
  return { heads: 2, angles, mix: fullAttention({ causal }) };
}

async function block(
  x: HostTensor<"f32">,
  how: BlockOptions,
  p: Parameters = constants(WEIGHTS),
): Promise<HostTensor> {
  return (await evaluate({ y: transformerBlock(p, constant(x), how) })).y;
}

/** Positions of a [B, L, W] tensor in another order. */
function reordered(x: HostTensor, order: readonly number[]): HostTensor<"f32"> {
  const [batch, length, width] = x.shape as [number, number, number];
  const data = new Float32Array(x.data.length);
  for (let b = 0; b < batch; b++) {
    order.forEach((from, to) => {
      const start = (b * length + from) * width;
      data.set(
        x.data.subarray(start, start + width),
        (b * length + to) * width,
      );
    });
  }
  return hostTensor("f32", x.shape, data);
}

Deno.test("feedForwardWidth() is 8/3 of the width, rounded up to 256", () => {
  const widths = { 64: 256, 96: 256, 97: 512, 192: 512, 512: 1536 };
  for (const [width, expected] of Object.entries(widths)) {
    assert.equal(feedForwardWidth(Number(width)), expected, width);
  }
  // The paper's: 768, 1024 and 1280.
  assert.deepEqual([768, 1024, 1280].map(feedForwardWidth), [2048, 2816, 3584]);
});

Deno.test("swiGlu() gates the second half of w1 by the first", async () => {
  const p = constants({
    "w1.weight": hostTensor("f32", [2, 1], Float32Array.of(1, 3)),
    "w2.weight": hostTensor("f32", [1, 1], Float32Array.of(0.5)),
  });
  const found = await evaluate({ y: swiGlu(p, constantArray([1, 1], [2])) });
  const silu = 2 / (1 + Math.exp(-2));
  const y = found.y.data[0]!;
  if (!(Math.abs(y - silu * 6 * 0.5) <= 1e-12)) assert.fail(`y is ${y}`);
});

Deno.test("transformerBlock() adds to what it reads", async () => {
  const zero = (name: string) => {
    const { shape, data } = WEIGHTS[name]!;
    return hostTensor("f32", shape, new Float32Array(data.length));
  };
  const [wo, w2] = ["attention.wo.weight", "feed_forward.w2.weight"];
  const p = constants({ ...WEIGHTS, [wo]: zero(wo), [w2]: zero(w2) });
  const y = await block(X, options({ causal: false }), p);
  assertClose(y, X, { what: "a block without outputs", tolerance: 0 });
});

/** W x, W by its name among the weights. */
function times(name: string, x: readonly number[]): number[] {
  const { shape, data } = WEIGHTS[`${name}.weight`]!;
  return Array.from(
    { length: shape[0]! },
    (_, row) =>
      x.reduce((sum, value, i) => sum + data[row * x.length + i]! * value, 0),
  );
}

function normed(name: string, x: readonly number[]): number[] {
  const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  const { data } = WEIGHTS[`${name}.weight`]!;
  return x.map((value, i) => value / Math.sqrt(square + 1e-6) * data[i]!);
}

Deno.test("transformerBlock() of one token is attention to itself, then SwiGLU", async () => {
  const x = noise([1, 1, WIDTH], { name: "token" });
  const angles = rotaryAngles({ grid: 1, leading: 0, headWidth: WIDTH / 2 });
  const mix = fullAttention({ causal: true });
  const y = await block(x, { heads: 2, angles, mix });
  const start = [...x.data];
  const wqkv = times("attention.wqkv", normed("attention_norm", start));
  const mixed = times("attention.wo", wqkv.slice(2 * WIDTH));
  const h = start.map((value, i) => value + mixed[i]!);
  const both = times("feed_forward.w1", normed("ffn_norm", h));
  const half = both.length / 2;
  const gated = both.slice(0, half)
    .map((gate, i) => gate / (1 + Math.exp(-gate)) * both[half + i]!);
  const out = times("feed_forward.w2", gated);
  const expected = Float32Array.from(h, (value, i) => value + out[i]!);
  assertClose(y, hostTensor("f32", [1, 1, WIDTH], expected), {
    what: "block",
    tolerance: 1e-6,
  });
});

Deno.test("transformerBlock() treats tokens without places alike", async () => {
  const order = [3, 0, 4, 1, 2];
  const how = options({ causal: false, grid: 0 });
  const before = await block(reordered(X, order), how);
  const after = reordered(await block(X, how), order);
  assertClose(before, after, { what: "another order", tolerance: 1e-6 });
  const placed = options({ causal: false });
  const [one, other] = [
    await block(reordered(X, order), placed),
    reordered(await block(X, placed), order),
  ];
  assert.ok(compareTensors(one, other, { tolerance: 0 }).error > 1e-3);
});

for (const causal of [true, false]) {
  const name = `fullAttention() ${causal ? "hides" : "shows"} later positions ${
    causal ? "when" : "unless"
  } causal`;
  Deno.test(name, async () => {
    const changed = hostTensor("f32", X.shape, X.data.slice());
    const at = 3;
    changed.data[at * WIDTH]! += 1;
    const how = options({ causal });
    const [before, after] = [await block(X, how), await block(changed, how)];
    const moved = Array.from({ length: 2 * LENGTH }, (_, row) => {
      const rows = [before, after].map(({ data }) =>
        data.subarray(row * WIDTH, (row + 1) * WIDTH)
      );
      return rows[0]!.some((value, i) => value !== rows[1]![i]);
    });
    const first = moved.slice(0, LENGTH);
    assert.deepEqual(first, first.map((_, row) => !causal || row >= at));
    assert.deepEqual(moved.slice(LENGTH), new Array(LENGTH).fill(false));
  });
}
