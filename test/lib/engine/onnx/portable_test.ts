import assert from "node:assert/strict";
import {
  encodeModel,
  type OnnxModel,
} from "../../../../lib/engine/onnx/model.ts";
import { portableModel } from "../../../../lib/engine/onnx/portable.ts";
import { arShapes, vaeShapes } from "../../../../lib/model/mod.ts";
import {
  type FrozenModelParts,
  frozenProgram,
} from "../../../../lib/nn/mod.ts";
import {
  decoderParts,
  headParts,
  startParts,
  tokenParts,
} from "../../../../lib/sample/mod.ts";
import { concat, input, program, slice } from "../../../../lib/tensor/mod.ts";
import { AR, randomWeights, VAE } from "../../model/_models.ts";

const AR_MODEL = { config: AR, weights: randomWeights(arShapes(AR)) };
const VAE_MODEL = { config: VAE, weights: randomWeights(vaeShapes(VAE)) };

/** Operators of ONNX's own set, version 21 (onnx.ai/onnx/operators). */
const STANDARD = new Set([
  ..."Add Cast Concat Conv ConvTranspose Cos Div Expand Gather Gemm".split(" "),
  ..."LayerNormalization Less MatMul Max Min Mul Pad ReduceMean".split(" "),
  ..."ReduceSum Reshape Shape Sigmoid Sin Slice Softmax Sqrt Sub".split(" "),
  ..."Transpose Where".split(" "),
]);

const MODELS: Readonly<Record<string, (rows: number) => FrozenModelParts>> = {
  decoder: (rows) => decoderParts(VAE_MODEL, rows),
  head: (rows) => headParts(AR_MODEL, rows),
  start: (rows) => startParts(AR_MODEL, rows),
  token: (rows) => tokenParts(AR_MODEL, rows),
};

function portable(parts: (rows: number) => FrozenModelParts): OnnxModel {
  return portableModel((rows) => frozenProgram(parts(rows)));
}

Deno.test("portableModel() uses standard operators alone", () => {
  for (const [name, parts] of Object.entries(MODELS)) {
    const { nodes } = portable(parts);
    const other = nodes.find(({ op, domain }) =>
      domain !== "" || !STANDARD.has(op)
    );
    assert.equal(other, undefined, name);
  }
});

Deno.test("portableModel() needs no operator set but the standard one", () => {
  const bytes = new TextDecoder().decode(encodeModel(portable(MODELS.head!)));
  assert.doesNotMatch(bytes, /com\.microsoft/);
});

Deno.test("portableModel() keeps names and leaves the rows open", () => {
  const { inputs, outputs, initializers } = portable(MODELS.head!);
  const ends = Object.fromEntries(
    [...inputs, ...outputs].map(({ name, shape }) => [name, shape]),
  );
  assert.deepEqual(ends, {
    x: ["batch", AR.latent_dim],
    t: ["batch"],
    condition: ["batch", AR.dim],
    velocity: ["batch", AR.latent_dim],
  });
  const names = new Set(initializers.map(({ name }) => name));
  const head = Object.keys(arShapes(AR))
    .filter((name) => name.startsWith("head."));
  assert.deepEqual(head.filter((name) => !names.has(name)), []);
});

Deno.test("portableModel() refuses rows that no operator can leave open", () => {
  const build = (rows: number) => {
    const x = input("x", [rows, 2]);
    const outputs = { last: slice(concat([x, x]), 0, { start: rows }) };
    return { program: program("last", { inputs: { x }, outputs }), frozen: {} };
  };
  assert.throws(
    () => portableModel(build),
    /internal: Slice_.* cannot take any number of rows/,
  );
});
