import assert from "node:assert/strict";
import { Parameters, prefixed } from "../../../lib/nn/mod.ts";
import { scalar } from "../../../lib/tensor/mod.ts";

const WEIGHT = scalar(1);
const ROOT = new Parameters({ "layers.0.attention.weight": WEIGHT });

Deno.test("Parameters finds a tensor from any place of the tree", () => {
  const layer = ROOT.at("layers").at(0);
  assert.equal(layer.path, "layers.0");
  assert.equal(layer.at("attention").get("weight"), WEIGHT);
  assert.equal(layer.get("attention.weight"), WEIGHT);
  assert.equal(ROOT.get("layers.0.attention.weight"), WEIGHT);
});

Deno.test("Parameters names the whole path of what it lacks", () => {
  assert.throws(() => ROOT.at("layers").at(1).get("weight"), {
    name: "TypeError",
    message: 'Cannot build the model: it lacks "layers.1.weight"',
  });
  assert.throws(() => ROOT.get("weight"), /lacks "weight"$/);
});

Deno.test("prefixed() puts every name below a path", () => {
  assert.deepEqual(prefixed("head.net", { "a.b": [1], c: [] }), {
    "head.net.a.b": [1],
    "head.net.c": [],
  });
});
