import assert from "node:assert/strict";
import { openSafetensors } from "../../../../lib/artifact/mod.ts";
import {
  FEATURE_NETWORKS,
  type InceptionConfig,
} from "../../../../lib/model/mod.ts";
import { Parameters } from "../../../../lib/nn/mod.ts";
import {
  input,
  program,
  programCost,
  sizeOf,
} from "../../../../lib/tensor/mod.ts";

const NETWORK = FEATURE_NETWORKS["inception-2015-12-05"];
const CONFIG: InceptionConfig = { name: "inception-2015-12-05" };

/** Shapes of torch-fidelity's network by its names. */
async function recordedShapes(): Promise<Map<string, readonly number[]>> {
  const path = new URL(
    "../../../golden/inception.safetensors",
    import.meta.url,
  );
  const reader = await openSafetensors(path.pathname);
  reader.close();
  const { keys } = JSON.parse(reader.metadata["config"]!);
  return new Map(Object.entries(keys));
}

Deno.test("inception is made of the PyTorch file's tensors, and of all of them", async () => {
  const recorded = await recordedShapes();
  const [form] = NETWORK.published;
  const used = new Set<string>();
  for (const { of } of Object.values(form!.sources(CONFIG))) {
    for (const [name, shape] of Object.entries(of)) {
      used.add(name);
      assert.deepEqual(shape, recorded.get(name), name);
    }
  }
  const left = [...recorded.keys()].filter((name) => !used.has(name));
  assert.ok(left.every((name) => form!.unused.test(name)));
  assert.ok(used.has(form!.sign));
});

Deno.test("inception has a source for each parameter, which makes its shape", () => {
  const sources = NETWORK.published[0]!.sources(CONFIG);
  const shapes = NETWORK.shapes(CONFIG);
  assert.deepEqual(Object.keys(sources).sort(), Object.keys(shapes).sort());
  for (const [name, { of, make }] of Object.entries(sources)) {
    const ones = Object.values(of)
      .map((shape) => new Float32Array(sizeOf(shape)).fill(1));
    assert.equal(make(ones).length, sizeOf(shapes[name]!), name);
  }
});

/** Leaves in the place of its parameters. */
function leaves() {
  const entries = Object.entries(NETWORK.shapes(CONFIG))
    .map(([name, shape]) => [name, input(name, shape)] as const);
  return Object.fromEntries(entries);
}

Deno.test("inception says how many numbers its features have, of images of any size", () => {
  const p = new Parameters(leaves());
  for (const size of [8, 299, 400]) {
    const images = input("images", [2, 3, size, size]);
    const features = NETWORK.extract(p, images, CONFIG);
    for (const [name, width] of Object.entries(NETWORK.widths(CONFIG))) {
      assert.deepEqual(features[name]!.shape, [2, width], name);
    }
  }
});

Deno.test("inception takes the multiplications that it is known for", () => {
  const parameters = leaves();
  const images = input("images", [1, 3, 299, 299]);
  const outputs = NETWORK.extract(new Parameters(parameters), images, CONFIG);
  const made = program("inception", {
    inputs: { images, ...parameters },
    outputs: { pool_3: outputs["pool_3"]! },
  });
  // 5.7 billion (Szegedy et al. 2016 say 5 of the network without auxiliaries).
  const products = programCost(made).flops / 2;
  assert.ok(products > 5.6e9 && products < 5.8e9, `${products}`);
});
