import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  add,
  constantArray,
  type DeviceTensor,
  type Engine,
  type HostTensor,
  input,
  matmul,
  mul,
  neg,
  program,
  softmax,
  sub,
  sum,
} from "../../../lib/tensor/mod.ts";
import { bool, Draw, f32, f64, i32, u32, u8 } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";

async function requireEqual(
  engine: Engine,
  tensor: DeviceTensor,
  expected: HostTensor,
): Promise<void> {
  assertClose(await engine.download(tensor), expected, {
    what: engine.name,
    tolerance: 0,
  });
}

async function downloadAll(
  engine: Engine,
  outputs: Readonly<Record<string, DeviceTensor>>,
): Promise<HostTensor[]> {
  const all: HostTensor[] = [];
  for (const tensor of Object.values(outputs)) {
    all.push(await engine.download(tensor));
  }
  return all;
}

function doubling() {
  const x = input("x", [2]);
  return program("double", { inputs: { x }, outputs: { y: mul(x, 2) } });
}

const ONE_TWO = f32([2], [1, 2]);

await testOnEngines({
  "upload() and download() keep every dtype": async (engine) => {
    const kinds = [
      f32([2, 2], [1.5, -0, 3, 2 ** -126]),
      i32([2], [-2147483648, 7]),
      u32([1], [4294967295]),
      u8([], [255]),
      bool([3], [0, 1, 1]),
      f32([0, 3], []),
    ];
    for (const tensor of kinds) {
      const uploaded = await engine.upload(tensor);
      assert.equal(uploaded.dtype, tensor.dtype);
      assert.deepEqual([...uploaded.shape], [...tensor.shape]);
      await requireEqual(engine, uploaded, tensor);
    }
  },

  "upload() copies": async (engine) => {
    const data = Int32Array.of(1, 2);
    const tensor = await engine.upload({ dtype: "i32", shape: [2], data });
    data[0] = 9;
    const downloaded = await engine.download(tensor);
    downloaded.data[1] = 9;
    await requireEqual(engine, tensor, i32([2], [1, 2]));
  },

  "run() reads host inputs before it returns": async (engine) => {
    const executable = await engine.compile(doubling());
    const data = Float32Array.of(1, 2);
    const inputs = { x: { dtype: "f32", shape: [2], data } } as const;
    const busy = engine.run(executable, { inputs });
    const run = engine.run(executable, { inputs });
    data.fill(9);
    await busy;
    const { y } = await run;
    await requireEqual(engine, y!, f64([2], [2, 4]));
  },

  "run() keeps outputs until the program runs again": async (engine) => {
    const [first, second] = [
      await engine.compile(doubling()),
      await engine.compile(doubling()),
    ];
    const { y } = await engine.run(first, { inputs: { x: ONE_TWO } });
    await engine.run(second, { inputs: { x: f32([2], [7, 8]) } });
    await requireEqual(engine, y!, f64([2], [2, 4]));
    const again = await engine.run(first, { inputs: { x: f32([2], [5, 6]) } });
    await requireEqual(engine, again.y!, f64([2], [10, 12]));
    engine.dispose(first);
    engine.dispose(second);
  },

  "run() takes outputs as inputs, its own too": async (engine) => {
    const [first, second] = [
      await engine.compile(doubling()),
      await engine.compile(doubling()),
    ];
    let { y } = await engine.run(first, { inputs: { x: ONE_TWO } });
    ({ y } = await engine.run(second, { inputs: { x: y! } }));
    await requireEqual(engine, y!, f64([2], [4, 8]));
    for (let i = 0; i < 3; i++) {
      ({ y } = await engine.run(second, { inputs: { x: y! } }));
    }
    await requireEqual(engine, y!, f64([2], [32, 64]));
  },

  "run() returns inputs, constants and equal outputs": async (engine) => {
    const x = input("x", [2]);
    const y = add(x, 1);
    const executable = await engine.compile(program("ends", {
      inputs: { x, unused: input("unused", [3], "i32") },
      outputs: { x, constant: constantArray([2], [0.5, -1]), y, twin: y },
    }));
    const inputs = { x: ONE_TWO, unused: i32([3], [1, 2, 3]) };
    const outputs = await engine.run(executable, { inputs });
    assert.deepEqual(Object.keys(outputs), ["x", "constant", "y", "twin"]);
    await requireEqual(engine, outputs.x!, f64([2], [1, 2]));
    await requireEqual(engine, outputs.constant!, f64([2], [0.5, -1]));
    await requireEqual(engine, outputs.y!, f64([2], [2, 3]));
    await requireEqual(engine, outputs.twin!, f64([2], [2, 3]));
  },

  "run() computes with constants below zero": async (engine) => {
    const x = input("x", [1]);
    for (const value of [-0.5, -0]) {
      const c = constantArray([1], [value]);
      const made = program("below", {
        inputs: { x },
        outputs: { a: mul(neg(c), x), b: sub(x, c), c: sub(neg(c), neg(x)) },
      });
      const executable = await engine.compile(made);
      const inputs = { x: f32([1], [2]) };
      const { a, b, c: both } = await engine.run(executable, { inputs });
      await requireEqual(engine, a!, f32([1], [-2 * value]));
      await requireEqual(engine, b!, f32([1], [2 - value]));
      await requireEqual(engine, both!, f32([1], [2 - value]));
    }
  },

  "run() rounds f64 inputs": async (engine) => {
    const executable = await engine.compile(doubling());
    const x = f64([2], [0.25, -3]);
    const { y } = await engine.run(executable, { inputs: { x } });
    await requireEqual(engine, y!, f64([2], [0.5, -6]));
  },

  "run() gives the same bytes again": async (engine) => {
    const [x, w] = [input("x", [67, 130]), input("w", [130, 93])];
    const y = softmax(matmul(x, w));
    const executable = await engine.compile(program("again", {
      inputs: { x, w },
      outputs: { y, total: sum(mul(y, y), { axes: [0] }) },
    }));
    const draw = new Draw(1);
    const inputs = { x: draw.floats(x.shape), w: draw.floats(w.shape) };
    const once = await downloadAll(
      engine,
      await engine.run(executable, { inputs }),
    );
    for (let i = 0; i < 5; i++) {
      const outputs = await engine.run(executable, { inputs });
      const again = await downloadAll(engine, outputs);
      again.forEach((tensor, at) =>
        assertClose(tensor, once[at]!, { what: engine.name, tolerance: 0 })
      );
    }
  },

  "run() refuses bindings that do not fit": async (engine) => {
    const executable = await engine.compile(doubling());
    const kinds: [Record<string, HostTensor>, RegExp][] = [
      [{}, /Cannot run "double": "x" must be f32 \[2\], got nothing/],
      [{ x: i32([2], [1, 2]) }, /"x" must be f32 \[2\], got i32 \[2\]/],
      [{ x: f32([1, 2], [1, 2]) }, /"x" must be f32 \[2\], got f32 \[1,2\]/],
      [{ x: ONE_TWO, z: ONE_TWO }, /Cannot run "double": it has no "z"/],
    ];
    for (const [inputs, message] of kinds) {
      const run = engine.run(executable, { inputs });
      await assert.rejects(run, { name: "TypeError", message });
    }
    const { y } = await engine.run(executable, { inputs: { x: ONE_TWO } });
    await requireEqual(engine, y!, f64([2], [2, 4]));
  },

  "download() refuses tensors that are not its own": async (engine) => {
    const other = createReferenceEngine();
    const foreign = await other.upload(ONE_TWO);
    if (engine.name !== other.name) {
      await assert.rejects(engine.download(foreign), TypeError);
      const executable = await engine.compile(doubling());
      const run = engine.run(executable, { inputs: { x: foreign } });
      await assert.rejects(run, TypeError);
    }
    const tensor = await engine.upload(ONE_TWO);
    engine.dispose(tensor);
    await assert.rejects(engine.download(tensor), /is disposed/);
  },
});
