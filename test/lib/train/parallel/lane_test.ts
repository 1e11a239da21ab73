import assert from "node:assert/strict";
import {
  add,
  type DeviceTensor,
  hostTensor,
  input,
  mul,
  program,
  sum,
} from "../../../../lib/tensor/mod.ts";
import type { TrainingStep } from "../../../../lib/train/mod.ts";
import { Lane } from "../../../../lib/train/parallel/lane.ts";
import { keptProgram } from "../../../../lib/train/parallel/sum_programs.ts";
import { numbers, WatchedEngine } from "./_watched_engine.ts";

/** A step of which the lane asks its name and its frozen weights alone. */
const STEP = {
  name: "step",
  players: {},
  inputs: {},
  frozen: { two: hostTensor("f32", [], Float32Array.of(2)) },
  build: () => ({ losses: {}, reported: {} }),
} satisfies TrainingStep;

/** What a part of one row x puts out: 2 w x, and 2 x. */
function programs() {
  const x = input("x", [1]);
  const two = input("frozen/two", []);
  const w = input("w", []);
  const twice = mul(x, two);
  const outputs = { scaled: mul(twice, w), twice: sum(twice) };
  return {
    gradients: program("gradients", {
      inputs: { x },
      state: { w: { value: w }, "frozen/two": { value: two } },
      outputs,
    }),
    keep: keptProgram(STEP, outputs, (_, value) => value),
    merge: keptProgram(STEP, outputs, add),
  };
}

/** A lane, and what it makes of the rows of all lanes. */
async function laneOf(place: { lane: number; rounds: number }) {
  const engine = new WatchedEngine();
  const lane = await Lane.compile(engine, programs(), { step: STEP, ...place });
  const w = await engine.upload(numbers([3], []));
  const read = async (tensor: DeviceTensor) =>
    (await engine.download(tensor)).data[0];
  const sums = async (rows: readonly number[]) => {
    const { scaled, twice } = await lane.sums({ x: numbers(rows) }, { w });
    return [await read(scaled!), await read(twice!)];
  };
  return { engine, lane, w, sums };
}

/** Beside it 1 is lost. */
const LARGE = 2 ** 60;

Deno.test("sums() of a lane are over its own parts, and in the order of the tree", async () => {
  const rows = [5, 6, 7, 8, LARGE, 1, -LARGE, 1];
  const second = await laneOf({ lane: 1, rounds: 4 });
  // (LARGE + 1) + (-LARGE + 1), where one after another would leave 1.
  assert.deepEqual(await second.sums(rows), [0, 0]);
  const first = await laneOf({ lane: 0, rounds: 4 });
  assert.deepEqual(await first.sums(rows), [2 * 3 * 26, 2 * 26]);
  const tree = [LARGE, 1, -LARGE, 1, 0.5, 0, 0, 0.25];
  const whole = await laneOf({ lane: 0, rounds: 8 });
  assert.deepEqual(await whole.sums(tree), [6 * 0.75, 2 * 0.75]);
});

Deno.test("sums() takes the same memory again, a piece for each level of the tree", async () => {
  const { engine, lane, w, sums } = await laneOf({ lane: 0, rounds: 8 });
  const rows = [1, 2, 3, 4, 5, 6, 7, 8];
  for (const scale of [1, 10, 100]) {
    const found = await sums(rows.map((row) => scale * row));
    assert.deepEqual(found, [6 * 36 * scale, 2 * 36 * scale]);
  }
  // Three pieces of two tensors each, beside the weight.
  assert.equal(engine.uploads, 1 + 3 * 2);
  lane.dispose();
  assert.deepEqual([...engine.held], [w]);
});

Deno.test("sums() of one part are what the part puts out", async () => {
  const { engine, lane, w, sums } = await laneOf({ lane: 2, rounds: 1 });
  assert.deepEqual(await sums([1, 2, 3, 4]), [6 * 3, 2 * 3]);
  assert.equal(engine.uploads, 1);
  // Nothing is compiled but the part.
  assert.equal(engine.held.size, 2);
  lane.dispose();
  assert.deepEqual([...engine.held], [w]);
});
