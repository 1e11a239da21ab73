import assert from "node:assert/strict";
import { f32 } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import {
  add,
  input,
  mul,
  program,
  type Tensor,
} from "../../../lib/tensor/mod.ts";

/** y = 2 x, and w' = w + x. */
function doubling() {
  const x = input("x", [3]);
  const w = input("w", [3]);
  return program("doubling", {
    inputs: { x },
    state: { w: { value: w, next: add(w, x) as Tensor } },
    outputs: { y: mul(x, 2) },
  });
}

await testOnEngines({
  "lend() shows outputs and states as they are after a run": async (engine) => {
    const executable = await engine.compile(doubling());
    const w = await engine.upload(f32([3], [10, 20, 30]));
    const { y } = await engine.run(executable, {
      inputs: { x: f32([3], [1, 2, 3]) },
      state: { w },
    });
    const seen: number[][] = [];
    await engine.lend([y!, w], (numbers) => {
      seen.push(...numbers.map(({ data }) => [...data]));
      return Promise.resolve();
    });
    assert.deepEqual(seen, [[2, 4, 6], [11, 22, 33]]);
  },
  "fill() replaces what later runs and downloads read": async (engine) => {
    const executable = await engine.compile(doubling());
    const w = await engine.upload(f32([3], [10, 20, 30]));
    const x = await engine.upload(f32([3], [1, 2, 3]));
    // Both memories of a state that is replaced have been in use.
    for (let run = 0; run < 2; run++) {
      await engine.run(executable, { inputs: { x }, state: { w } });
    }
    await engine.fill([x, w], async ([first, second]) => {
      await Promise.resolve();
      first!.data.set([4, 5, 6] as never);
      second!.data.set([7, 8, 9] as never);
    });
    const { y } = await engine.run(executable, { inputs: { x }, state: { w } });
    const found = [y!, w].map((tensor) => engine.download(tensor));
    assert.deepEqual(
      (await Promise.all(found)).map(({ data }) => [...data]),
      [[8, 10, 12], [11, 13, 15]],
    );
  },
  "lend() and fill() refuse what is disposed": async (engine) => {
    const x = await engine.upload(f32([1], [1]));
    engine.dispose(x);
    const use = () => Promise.resolve();
    await assert.rejects(engine.lend([x], use), TypeError);
    await assert.rejects(engine.fill([x], use), TypeError);
  },
});
