import assert from "node:assert/strict";
import { relative } from "node:path";
import {
  encodeModel,
  type OnnxModel,
} from "../../../../lib/engine/onnx/model.ts";
import { externalDataRoot } from "../../../../lib/engine/onnx/runtime/backend.ts";
import { openFfiBackend } from "../../../../lib/engine/onnx/runtime/ffi.ts";

const WEIGHTS = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

const MODEL: OnnxModel = {
  name: "model",
  nodes: [{
    name: "product",
    op: "Gemm",
    domain: "",
    inputs: ["x", "w"],
    outputs: ["y"],
    attributes: { alpha: { float: 0.5 }, transB: { int: 1 } },
  }],
  initializers: [{ name: "w", type: "f32", shape: [2, 2], data: WEIGHTS }],
  inputs: [{ name: "x", type: "f32", shape: [1, 2] }],
  outputs: [{ name: "y", type: "f32", shape: [1, 2] }],
};

const ENDS = { inputs: ["x"], outputs: ["y"] };

function sharedFloats(...values: number[]) {
  const data = new Float32Array(new SharedArrayBuffer(values.length * 4));
  data.set(values);
  return { data, bytes: new Uint8Array(data.buffer) };
}

async function runModel(model: Uint8Array<ArrayBuffer>): Promise<number[]> {
  const backend = openFfiBackend({ threads: 1, spinning: false });
  try {
    const session = await backend.load({ model, ends: ENDS, files: [] });
    const [x, y] = [sharedFloats(1, 10), sharedFloats(0, 0)];
    const type = "f32";
    const tensors = [x, y].map(({ bytes }) =>
      backend.tensor({ type, shape: [1, 2], bytes })
    );
    await session.run([tensors[0]!], [tensors[1]!]);
    await session.release();
    tensors.forEach((tensor) => backend.releaseTensor(tensor));
    return [...y.data];
  } finally {
    backend.close();
  }
}

Deno.test("encodeModel() makes a model that onnxruntime runs", async () => {
  assert.deepEqual(await runModel(encodeModel(MODEL)), [10.5, 21.5]);
});

Deno.test("encodeModel() refers to constants in a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/w.bin`;
    const location = relative(externalDataRoot(), path);
    const data = { location, offset: 4096, length: 16 };
    const file = new Uint8Array(4096 + 16);
    file.set(WEIGHTS, 4096);
    await Deno.writeFile(path, file);
    const initializers = [{ ...MODEL.initializers[0]!, data }];
    const model = encodeModel({ ...MODEL, initializers });
    assert.deepEqual(await runModel(model), [10.5, 21.5]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("encodeModel() refuses constants of the wrong length", () => {
  const data = new Uint8Array(15);
  const initializers = [{ ...MODEL.initializers[0]!, data }];
  assert.throws(
    () => encodeModel({ ...MODEL, initializers }),
    /initializer "w" of shape \[2,2\]: expected 16 bytes, got 15/,
  );
});

Deno.test("load() says why onnxruntime refuses a model", async () => {
  const nodes = [{ ...MODEL.nodes[0]!, op: "Germ" }];
  await assert.rejects(
    runModel(encodeModel({ ...MODEL, nodes })),
    /CreateSessionFromArray\w* in onnxruntime: .*Germ/s,
  );
  await assert.rejects(
    runModel(Uint8Array.of(1, 2, 3)),
    /protobuf parsing failed/,
  );
  const data = { location: "nowhere/w.bin", offset: 0, length: 16 };
  const initializers = [{ ...MODEL.initializers[0]!, data }];
  await assert.rejects(
    runModel(encodeModel({ ...MODEL, initializers })),
    /nowhere\/w.bin/,
  );
});
