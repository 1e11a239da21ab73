import assert from "node:assert/strict";
import { f32, f64, i32 } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import {
  add,
  type Engine,
  type HostTensor,
  input,
  matmul,
  mul,
  program,
  reshape,
  scalar,
  sub,
  tanh,
  type Tensor,
  updateSlice,
  zeros,
} from "../../../lib/tensor/mod.ts";

/** Rounding of a few dozen steps whose values stay near 1. */
const TOLERANCE = 1e-5;

async function requireClose(
  engine: Engine,
  tensor: Parameters<Engine["download"]>[0],
  expected: HostTensor,
): Promise<void> {
  assertClose(await engine.download(tensor), expected, {
    what: engine.name,
    tolerance: TOLERANCE,
  });
}

/** w' = w - rate (w - target), with a momentum and a count of the steps. */
function trainingProgram(w: Tensor & { op: "input" }) {
  const target = input("target", [3]);
  const momentum = input("momentum", [3]);
  const count = input("count", [], "i32");
  const slope = sub(w, target);
  const next = add(mul(momentum, 0.5), slope);
  return program("train", {
    inputs: { target },
    state: {
      w: { value: w as never, next: sub(w, mul(next, 0.25)) },
      momentum: { value: momentum, next },
      count: { value: count, next: add(count, scalar(1, "i32")) },
    },
    outputs: { slope },
  });
}

const TARGET = f32([3], [1, -2, 0.5]);

/** The same by hand. */
function trained(steps: number): { w: number[]; momentum: number[] } {
  let [w, momentum] = [[0, 0, 0], [0, 0, 0]];
  for (let step = 0; step < steps; step++) {
    const before = w;
    momentum = momentum.map((m, i) => m * 0.5 + before[i]! - TARGET.data[i]!);
    w = before.map((value, i) => value - momentum[i]! * 0.25);
  }
  return { w, momentum };
}

async function trainingState(engine: Engine) {
  return {
    w: await engine.upload(zeros("f32", [3])),
    momentum: await engine.upload(zeros("f32", [3])),
    count: await engine.upload(zeros("i32", [])),
  };
}

await testOnEngines({
  "run() updates states over many steps": async (engine) => {
    const executable = await engine.compile(
      trainingProgram(input("w", [3]) as never),
    );
    const state = await trainingState(engine);
    for (let step = 0; step < 40; step++) {
      await engine.run(executable, { inputs: { target: TARGET }, state });
    }
    const expected = trained(40);
    await requireClose(engine, state.w, f64([3], expected.w));
    await requireClose(engine, state.count, i32([], [40]));
    engine.dispose(executable);
  },

  "run() keeps the order of calls that overlap": async (engine) => {
    const executable = await engine.compile(
      trainingProgram(input("w", [3]) as never),
    );
    const state = await trainingState(engine);
    const runs = Array.from(
      { length: 9 },
      () => engine.run(executable, { inputs: { target: TARGET }, state }),
    );
    const download = engine.download(state.w);
    await Promise.all(runs);
    assertClose(await download, f64([3], trained(9).w), {
      what: engine.name,
      tolerance: TOLERANCE,
    });
  },

  "run() shares a state between programs": async (engine) => {
    const w = input("w", [3]);
    const train = await engine.compile(trainingProgram(w));
    const read = await engine.compile(program("evaluate", {
      state: { w: { value: w } },
      outputs: { double: mul(w, 2) },
    }));
    const state = await trainingState(engine);
    for (let step = 1; step <= 5; step++) {
      await engine.run(train, { inputs: { target: TARGET }, state });
      const { double } = await engine.run(read, { state: { w: state.w } });
      const expected = trained(step).w.map((value) => 2 * value);
      await requireClose(engine, double!, f64([3], expected));
    }
  },

  "run() reads every state before it replaces any": async (engine) => {
    const [a, b] = [input("a", [2]), input("b", [2])];
    const executable = await engine.compile(program("swap", {
      state: { a: { value: a, next: b }, b: { value: b, next: a } },
      outputs: { before: a, sum: add(a, b) },
    }));
    const state = {
      a: await engine.upload(f32([2], [1, 2])),
      b: await engine.upload(f32([2], [3, 5])),
    };
    for (let step = 0; step < 3; step++) {
      const { before, sum } = await engine.run(executable, { state });
      const expected = step % 2 === 0 ? [1, 2] : [3, 5];
      await requireClose(engine, before!, f64([2], expected));
      await requireClose(engine, sum!, f64([2], [4, 7]));
    }
    await requireClose(engine, state.a, f64([2], [3, 5]));
    await requireClose(engine, state.b, f64([2], [1, 2]));
  },

  "run() leaves a state alone that is its own next": async (engine) => {
    const x = input("x", [2]);
    const executable = await engine.compile(program("keep", {
      state: { x: { value: x, next: x } },
      outputs: { x, same: reshape(x, [2, 1]) },
    }));
    const state = { x: await engine.upload(f32([2], [1, 2])) };
    await engine.run(executable, { state });
    const { same } = await engine.run(executable, { state });
    await requireClose(engine, state.x, f64([2], [1, 2]));
    await requireClose(engine, same!, f64([2, 1], [1, 2]));
  },

  "run() writes rows into a cache one after another": async (engine) => {
    const cache = input("cache", [2, 5, 3]);
    const row = input("row", [2, 1, 3]);
    const position = input("position", [], "i32");
    const next = updateSlice(cache, row, { start: position, axis: 1 });
    const executable = await engine.compile(program("append", {
      inputs: { row, position },
      state: { cache: { value: cache, next } },
    }));
    const state = { cache: await engine.upload(zeros("f32", [2, 5, 3])) };
    const expected = new Float64Array(30);
    for (let step = 0; step < 4; step++) {
      const values = Array.from({ length: 6 }, (_, i) => 10 * step + i + 1);
      values.forEach((value, i) =>
        expected[Math.floor(i / 3) * 15 + step * 3 + i % 3] = value
      );
      const inputs = { row: f32([2, 1, 3], values), position: i32([], [step]) };
      await engine.run(executable, { inputs, state });
    }
    await requireClose(engine, state.cache, f64([2, 5, 3], [...expected]));
  },

  "run() reads frozen states from the program": async (engine) => {
    const [x, w] = [input("x", [2, 3]), input("w", [3, 2])];
    const count = input("count", []);
    const parts = {
      inputs: { x },
      state: {
        w: { value: w },
        count: { value: count, next: add(count, 1) },
      },
      outputs: { y: tanh(matmul(x, w)) },
    };
    const value = f32([3, 2], [1, -1, 0.5, 0.25, 2, 0]);
    const inputs = { x: f32([2, 3], [0.5, 1, -1, 2, 0, 0.25]) };
    const frozen = await engine.compile(program("frozen", parts), {
      frozen: { w: value },
    });
    const state = { count: await engine.upload(zeros("f32", [])) };
    await engine.run(frozen, { inputs, state });
    const { y } = await engine.run(frozen, { inputs, state });
    const expected = [-1, -0.25, 2.5, -2].map(Math.tanh);
    await requireClose(engine, y!, f64([2, 2], expected));
    await requireClose(engine, state.count, f64([], [2]));
    await assert.rejects(
      engine.run(frozen, {
        inputs,
        state: { ...state, w: await engine.upload(value) },
      }),
      /Cannot run "frozen": it has no "w"/,
    );
  },

  "compile() refuses frozen states that do not fit": async (engine) => {
    const [x, w] = [input("x", [2]), input("w", [2])];
    const bad = program("bad", {
      state: { x: { value: x, next: add(x, w) }, w: { value: w } },
    });
    const value = f32([2], [1, 2]);
    const compile = (frozen: Record<string, HostTensor>) =>
      engine.compile(bad, { frozen });
    const kinds: [Record<string, HostTensor>, RegExp][] = [
      [{ v: value }, /Cannot compile "bad": it has no state "v"/],
      [{ x: value }, /state "x" is frozen, but runs change it/],
      [{ w: f32([3], [1, 2, 3]) }, /"w" must be f32 \[2\], got f32 \[3\]/],
    ];
    for (const [frozen, message] of kinds) {
      await assert.rejects(compile(frozen), { name: "TypeError", message });
    }
  },
});
