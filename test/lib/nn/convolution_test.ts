import assert from "node:assert/strict";
import {
  downBlock,
  downBlockSpecs,
  groupsOf,
  normSilu,
  shapesOf,
  upBlock,
  upBlockSpecs,
} from "../../../lib/nn/mod.ts";
import {
  constant,
  constantArray,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { constants, evaluate, noise, randomWeights } from "../model/_models.ts";

function zeroed(
  weights: Readonly<Record<string, HostTensor<"f32">>>,
  names: readonly string[],
): Record<string, HostTensor<"f32">> {
  const entries = Object.entries(weights).map(([name, tensor]) => {
    if (!names.includes(name)) return [name, tensor] as const;
    const zero = new Float32Array(tensor.data.length);
    return [name, hostTensor("f32", tensor.shape, zero)] as const;
  });
  return Object.fromEntries(entries);
}

/** 1 where the element of [C, h, w] at (c, y, x) stands, by a function. */
function image(
  [channels, height, width]: readonly [number, number, number],
  value: (c: number, y: number, x: number) => number,
): HostTensor<"f32"> {
  const data = new Float32Array(channels * height * width);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / (height * width));
    data[i] = value(c, Math.floor(i / width) % height, i % width);
  }
  return hostTensor("f32", [1, channels, height, width], data);
}

Deno.test("groupsOf() takes four channels a group, up to a limit", () => {
  assert.deepEqual([4, 16, 64, 128, 512].map((c) => groupsOf(c)), [
    1,
    4,
    16,
    32,
    32,
  ]);
  assert.deepEqual([16, 64, 128].map((c) => groupsOf(c, 16)), [4, 16, 16]);
});

Deno.test("normSilu() norms a group over its channels and pixels", async () => {
  const p = constants({
    weight: hostTensor("f32", [2], Float32Array.of(2, 1)),
    bias: hostTensor("f32", [2], Float32Array.of(0, 1)),
  });
  const x = constantArray([1, 2, 1, 2], [1, 3, 10, 10]);
  const found = await evaluate({ y: normSilu(p, x, 2) });
  // Group 0 norms to -1 and 1, times 2; group 1 has no spread: its bias.
  const expected = [-2, 2, 1, 1].map((v) => v / (1 + Math.exp(-v)));
  assertClose(
    found.y,
    hostTensor("f32", [1, 2, 1, 2], Float32Array.from(expected)),
    { what: "normed", tolerance: 2e-6 },
  );
});

Deno.test("downBlock() halves the image by its shortcut", async () => {
  const weights = zeroed(randomWeights(shapesOf(downBlockSpecs(4, 8))), [
    "block.5.weight",
  ]);
  const x = noise([1, 4, 4, 4], { name: "x" });
  const found = await evaluate({
    y: downBlock(constants(weights), constant(x)),
  });
  const w = weights["shortcut.weight"]!.data; // [8, 4, 2, 2]
  const expected = image([8, 2, 2], (o, y, column) => {
    let sum = 0;
    for (let k = 0; k < 16; k++) {
      const [c, dy, dx] = [k >> 2, (k >> 1) & 1, k & 1];
      const from = (c * 4 + 2 * y + dy) * 4 + 2 * column + dx;
      sum += w[o * 16 + k]! * x.data[from]!;
    }
    return sum;
  });
  assertClose(found.y, expected, { what: "shortcut", tolerance: 1e-6 });
});

Deno.test("upBlock() doubles the image by its shortcut", async () => {
  const weights = zeroed(randomWeights(shapesOf(upBlockSpecs(8, 4))), [
    "block.5.weight",
    "block2.5.weight",
  ]);
  const x = noise([1, 8, 2, 2], { name: "x" });
  const found = await evaluate({ y: upBlock(constants(weights), constant(x)) });
  const w = weights["shortcut.weight"]!.data; // [8, 4, 2, 2]
  const expected = image([4, 4, 4], (o, y, column) => {
    let sum = 0;
    for (let c = 0; c < 8; c++) {
      const tap = (y % 2) * 2 + column % 2;
      const from = c * 4 + (y >> 1) * 2 + (column >> 1);
      sum += w[(c * 4 + o) * 4 + tap]! * x.data[from]!;
    }
    return sum;
  });
  assertClose(found.y, expected, { what: "shortcut", tolerance: 1e-6 });
});

Deno.test("downBlock() and upBlock() use every weight", async () => {
  const cases = {
    down: { shapes: shapesOf(downBlockSpecs(4, 8)), run: downBlock, inputs: 4 },
    up: { shapes: shapesOf(upBlockSpecs(8, 4)), run: upBlock, inputs: 8 },
  };
  for (const { shapes, run, inputs } of Object.values(cases)) {
    const weights = randomWeights(shapes);
    const x = constant(noise([1, inputs, 4, 4], { name: "x" }));
    const whole = (await evaluate({ y: run(constants(weights), x) })).y;
    for (const name of Object.keys(shapes)) {
      const without = constants(zeroed(weights, [name]));
      const { y } = await evaluate({ y: run(without, x) });
      assert.ok(y.data.some((v, i) => v !== whole.data[i]), name);
    }
  }
});

Deno.test("upBlock() refines the whole sum", async () => {
  const weights = randomWeights(shapesOf(upBlockSpecs(8, 4)));
  const x = constant(noise([1, 8, 2, 2], { name: "x" }));
  const last = ["block2.5.weight"];
  const both = ["block.5.weight", ...last];
  const found = await evaluate({
    first: upBlock(constants(zeroed(weights, last)), x),
    shortcut: upBlock(constants(zeroed(weights, both)), x),
  });
  const moved = found.first.data.filter((value, i) =>
    value !== found.shortcut.data[i]
  );
  assert.equal(moved.length, found.first.data.length);
});
