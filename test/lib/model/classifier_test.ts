import assert from "node:assert/strict";
import {
  classifierSpecs,
  classify,
  crossEntropy,
} from "../../../lib/model/mod.ts";
import { initialize, Parameters } from "../../../lib/nn/mod.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import {
  constant,
  constantArray,
  grad,
  type HostTensor,
  hostTensor,
  program,
  type Tensor,
} from "../../../lib/tensor/mod.ts";

const CONFIG = {
  image_size: 8,
  channels: [4, 8],
  features: 5,
  num_classes: 3,
};

function parameters(): Parameters {
  const values = initialize(
    classifierSpecs(CONFIG),
    (name) => new RandomStream({ seed: 1, stream: name }),
  );
  const leaves = Object.entries(values)
    .map(([name, value]) => [name, constant(value)] as const);
  return new Parameters(Object.fromEntries(leaves));
}

/** Values of a few nodes, by the reference engine. */
async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, HostTensor>> {
  const engine = createReferenceEngine();
  const executable = await engine.compile(program("test", { outputs }));
  const found = await engine.run(executable, {});
  const entries = Object.entries(found).map(async ([name, tensor]) =>
    [name, await engine.download(tensor)] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

function noise(count: number): HostTensor<"f32"> {
  const draws = new RandomStream({ seed: 2, stream: "noise" });
  const data = Float32Array.from(
    { length: count * 3 * 64 },
    () => 2 * draws.uniform() - 1,
  );
  return hostTensor("f32", [count, 3, 8, 8], data);
}

Deno.test("classify() gives features and logits of each image alone", async () => {
  const both = noise(2);
  const first = hostTensor("f32", [1, 3, 8, 8], both.data.slice(0, 192));
  const p = parameters();
  const pair = classify(p, constant(both), CONFIG);
  const alone = classify(p, constant(first), CONFIG);
  const found = await evaluate({ pair: pair.logits, alone: alone.logits });
  assert.deepEqual(pair.features.shape, [2, 5]);
  assert.deepEqual(pair.logits.shape, [2, 3]);
  for (let k = 0; k < 3; k++) {
    const gap = Math.abs(found.pair!.data[k]! - found.alone!.data[k]!);
    if (!(gap <= 1e-12)) assert.fail(`logit ${k} differs by ${gap}`);
  }
});

Deno.test("crossEntropy() is the negative log of the class's share", async () => {
  const logits = constantArray([2, 3], [1000, 0, 0, 0, Math.log(3), 0]);
  const targets = constantArray([2, 3], [1, 0, 0, 0, 1, 0]);
  const loss = crossEntropy(logits, targets);
  const [gradient] = grad(loss, [logits]);
  const found = await evaluate({ loss, gradient: gradient! });
  const value = found.loss!.data[0]!;
  if (!(Math.abs(value - Math.log(5 / 3) / 2) <= 1e-7)) {
    assert.fail(`loss ${value}`);
  }
  // Softmax less target, over the two rows.
  const expected = [0, 0, 0, 0.1, -0.2, 0.1];
  expected.forEach((want, k) => {
    const gap = Math.abs(found.gradient!.data[k]! - want);
    if (!(gap <= 1e-7)) assert.fail(`gradient ${k} differs by ${gap}`);
  });
});
