import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type OnnxModel,
  portableModel,
} from "../../../../lib/engine/onnx/mod.ts";
import { arShapes } from "../../../../lib/model/mod.ts";
import {
  type FrozenModelParts,
  frozenProgram,
} from "../../../../lib/nn/mod.ts";
import {
  headParts,
  startParts,
  tokenParts,
} from "../../../../lib/sample/mod.ts";
import { hostTensor, sizeOf } from "../../../../lib/tensor/mod.ts";
import { OnnxFolder } from "../../../../lib/workflow/export/write_onnx.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { AR, noise, randomWeights } from "../../model/_models.ts";
import { runFile, type Values } from "./_sessions.ts";

const MODEL = { config: AR, weights: randomWeights(arShapes(AR)) };
const ROWS = 3;

function portable(parts: (rows: number) => FrozenModelParts): OnnxModel {
  return portableModel((rows) => frozenProgram(parts(rows)));
}

const MODELS: Readonly<Record<string, OnnxModel>> = {
  "start.onnx": portable((rows) => startParts(MODEL, rows)),
  "token.onnx": portable((rows) => tokenParts(MODEL, rows)),
  "head.onnx": portable((rows) => headParts(MODEL, rows)),
};

const WEIGHTS = "weights.onnx.data";
const REST = ["token.onnx", "head.onnx"];

/** Something for every input of a model. */
function valuesOf({ inputs }: OnnxModel): Values {
  const entries = inputs.map(({ name, type, shape }) => {
    const sizes = shape.map((size) => size === "batch" ? ROWS : Number(size));
    const value = type === "i32"
      ? hostTensor("i32", sizes, new Int32Array(sizeOf(sizes)).fill(1))
      : noise(sizes, { name });
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes models into a folder; what is in it then, with sizes. */
async function write(
  folder: string,
  inlineBytes: number,
  names = Object.keys(MODELS),
): Promise<Record<string, number>> {
  const out = new OnnxFolder(folder, { inlineBytes });
  for (const name of names) await out.add(name, MODELS[name]!);
  await out.commit();
  const entries = [...Deno.readDirSync(folder)]
    .map(({ name }) => [name, Deno.statSync(join(folder, name)).size] as const);
  return Object.fromEntries(entries.sort());
}

Deno.test("OnnxFolder keeps large weights once for all models, and the models whole", () =>
  inFolder(async (folder) => {
    const [inline, apart, fewer] = ["inline", "apart", "fewer"]
      .map((name) => join(folder, name)) as [string, string, string];
    const whole = await write(inline, Infinity);
    assert.deepEqual(Object.keys(whole), Object.keys(MODELS).sort());
    const { [WEIGHTS]: weights, ...models } = await write(apart, 0);
    assert.deepEqual(Object.keys(models), Object.keys(whole));
    const { [WEIGHTS]: without } = await write(fewer, 0, REST);
    // Blocks are those of token.onnx; what start.onnx adds is a page or two.
    assert.ok(weights! - without! <= 2 * 4096, `${weights! - without!}`);
    for (const [name, model] of Object.entries(MODELS)) {
      assert.ok(models[name]! < whole[name]!);
      const values = valuesOf(model);
      const expected = await runFile(join(inline, name), values);
      assert.deepEqual(await runFile(join(apart, name), values), expected);
    }
  }));

Deno.test("OnnxFolder leaves no weights where writing was given up", () =>
  inFolder(async (folder) => {
    const out = new OnnxFolder(folder, { inlineBytes: 0 });
    await out.add("head.onnx", MODELS["head.onnx"]!);
    await out.abort();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));
