import assert from "node:assert/strict";
import { generatorFrom } from "../../../../lib/web/model/model_bytes.ts";
import {
  parseWebModel,
  type WebModel,
} from "../../../../lib/web/model/web_model.ts";
import {
  type FrozenTensor,
  hostTensor,
  loadFrozen,
  quantize,
  toHalf,
} from "../../../../lib/tensor/mod.ts";
import { writeShards } from "../../../../lib/workflow/web/mod.ts";
import { noise } from "../../model/_models.ts";
import { MODEL } from "../wish/_model.ts";

const MATRIX = noise([3, 130], { name: "matrix" });

const TENSORS: Readonly<Record<string, FrozenTensor>> = {
  plain: hostTensor("f32", [3], Float32Array.of(1, -2, 0.5)),
  half: toHalf(MATRIX),
  bytes: quantize(MATRIX),
};

Deno.test("generatorFrom() reads the numbers that writeShards() wrote", async () => {
  const files = new Map<string, Uint8Array>();
  const { ar, vae, ...rest } = MODEL;
  const described = await writeShards({
    ...rest,
    ar: { config: ar, weights: TENSORS },
    vae: { config: vae, weights: { plain: TENSORS.plain! } },
  }, {
    name: "small",
    shardBytes: 100,
    write: (file, bytes) => {
      assert.ok(bytes.length <= 100 && !files.has(file));
      files.set(file, bytes);
      return Promise.resolve();
    },
  });
  const model = parseWebModel(JSON.stringify(described)) as WebModel;
  const all = model.shards.flatMap(({ file }) => [...files.get(file)!]);
  const generator = generatorFrom(
    model,
    (start, stop) =>
      Promise.resolve(Uint8Array.from(all.slice(start, stop)).buffer),
  );
  for (const [name, tensor] of Object.entries(TENSORS)) {
    const stored = generator.ar.weights[name]!;
    assert.deepEqual(await loadFrozen(stored), tensor);
  }
  const { plain } = generator.vae.weights;
  assert.deepEqual(await loadFrozen(plain!), TENSORS.plain);
});

Deno.test("parseWebModel() refuses other descriptions", () => {
  assert.throws(() => parseWebModel("null"), /found undefined undefined/);
  const newer = JSON.stringify({ ...MODEL, version: 2 });
  assert.throws(() => parseWebModel(newer), /found spherear-web-model 2/);
});
