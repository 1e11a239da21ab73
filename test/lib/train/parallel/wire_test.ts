import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { memoryGroup } from "../../../../lib/parallel/mod.ts";
import {
  type DeviceTensor,
  type HostTensor,
  hostTensor,
} from "../../../../lib/tensor/mod.ts";
import { Wire } from "../../../../lib/train/parallel/wire.ts";
import { TestClock } from "../../parallel/_clock.ts";
import { numbers, WatchedEngine } from "./_watched_engine.ts";

/** The wires of so many ranks, each with an engine of its own. */
function wires(count: number): Promise<Wire[]> {
  return Promise.all(
    memoryGroup(count)
      .map((collective) => Wire.open(collective, createReferenceEngine())),
  );
}

/** Hands numbers over as GPUs do. */
class FloatEngine extends WatchedEngine {
  override async download(tensor: DeviceTensor): Promise<HostTensor> {
    const { shape, data } = await super.download(tensor);
    return hostTensor("f32", shape, Float32Array.from(data as Float64Array));
  }
}

Deno.test("open() finds what an engine hands numbers over in, and leaves nothing there", async () => {
  const [collective] = memoryGroup(1);
  for (
    const [engine, dtype] of [
      [new WatchedEngine(), "f64"],
      [new FloatEngine(), "f32"],
    ] as const
  ) {
    const wire = await Wire.open(collective!, engine);
    const { data, ...type } = wire.vector(3);
    assert.deepEqual({ ...type, data: [...data] }, {
      dtype,
      shape: [3],
      data: [0, 0, 0],
    });
    assert.equal(engine.held.size, 0);
  }
});

Deno.test("exchange() moves tensors that lie in the middle of others", async () => {
  const [a, b] = await wires(2);
  const whole = Float64Array.of(1, 2, 3, 4);
  const middle = hostTensor("f64", [2], whole.subarray(1, 3));
  const room = new Float64Array(5);
  const into = [room.subarray(1, 3), room.subarray(4, 5)]
    .map((data) => hostTensor("f64", [data.length], data));
  await Promise.all([
    a!.exchange([[], [middle, numbers([9])]], [[], []]),
    b!.exchange([[], []], [into, []]),
  ]);
  assert.deepEqual([...room], [0, 2, 3, 0, 9]);
});

for (const ranks of [2, 4]) {
  Deno.test(`gather() tells all of ${ranks} ranks the same`, async () => {
    const all = await wires(ranks);
    const found = all.map((wire) => all.map(() => wire.vector(2)));
    await Promise.all(
      all.map((wire, rank) =>
        wire.gather(numbers([rank, 10 * rank]), found[rank]!)
      ),
    );
    for (const own of found) {
      assert.deepEqual(
        own.map(({ data }) => [...data]),
        all.map((_, rank) => [rank, 10 * rank]),
      );
    }
  });
}

Deno.test("waitedMs is the time in which something travels", async () => {
  using time = new TestClock();
  const [a, b] = await wires(2);
  time.nowMs = 50;
  const into = [a, b].map((wire) => [wire!.vector(1), wire!.vector(1)]);
  const early = a!.gather(numbers([1]), into[0]!);
  time.nowMs = 80;
  await Promise.all([early, b!.gather(numbers([2]), into[1]!)]);
  time.nowMs = 500;
  assert.deepEqual([a!.waitedMs, b!.waitedMs], [30, 0]);
});
