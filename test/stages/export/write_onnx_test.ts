import assert from "node:assert/strict";
import { join } from "node:path";
import { portableModel } from "../../../lib/engine/onnx/mod.ts";
import { arShapes } from "../../../lib/model/mod.ts";
import { frozenProgram } from "../../../lib/nn/mod.ts";
import { headParts } from "../../../lib/sample/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { writeOnnx } from "../../../stages/export/write_onnx.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { AR, noise, randomWeights } from "../../lib/model/_models.ts";
import { runFile } from "./_sessions.ts";

const HEAD = { config: AR, weights: randomWeights(arShapes(AR)) };

Deno.test("writeOnnx() puts weights beside a model that is too small for them", () =>
  inFolder(async (folder) => {
    const model = portableModel((rows) => frozenProgram(headParts(HEAD, rows)));
    const rows = 3;
    const values = {
      x: noise([rows, AR.latent_dim], { name: "x" }),
      t: hostTensor("f32", [rows], Float32Array.of(0.1, 0.5, 0.9)),
      condition: noise([rows, AR.dim], { name: "condition" }),
    };
    const [whole, apart] = ["whole.onnx", "apart.onnx"]
      .map((name) => join(folder, name)) as [string, string];
    await writeOnnx(whole, model);
    await writeOnnx(apart, model, { inlineBytes: 0 });
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["apart.onnx", "apart.onnx.data", "whole.onnx"]);
    assert.ok(Deno.statSync(apart).size < Deno.statSync(whole).size);
    const expected = await runFile(whole, values);
    assert.deepEqual(await runFile(apart, values), expected);
  }));
