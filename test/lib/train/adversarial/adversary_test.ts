import assert from "node:assert/strict";
import { shapesOf } from "../../../../lib/nn/mod.ts";
import { constant, type Tensor } from "../../../../lib/tensor/mod.ts";
import {
  type AdversarialOptions,
  Adversary,
} from "../../../../lib/train/mod.ts";
import { constants, noise, randomWeights } from "../../model/_models.ts";

const OPTIONS: AdversarialOptions = {
  discriminator: { name: "patchgan", ndf: 4, n_layers: 2 },
  loss: "hinge",
  generatorLoss: "non-saturating",
  weight: 0.5,
  from: 0,
  warmup: 0,
  lecam: 0,
  r1: 0,
  batchNormRows: 2,
};

const REAL = constant(noise([2, 3, 16, 16], { name: "real" }));
const FAKE = constant(noise([2, 3, 16, 16], { name: "fake", deviation: 2 }));

/** Values of an adversary's buffers as constants. */
function buffersOf({ buffers }: Adversary): Record<string, Tensor> {
  const entries = Object.entries(buffers)
    .map(([name, value]) => [name, constant(value)] as const);
  return Object.fromEntries(entries);
}

function weightsOf({ specs }: Adversary) {
  return constants(randomWeights(shapesOf(specs)));
}

Deno.test("play() judges reconstructions once for both players", () => {
  const adversary = new Adversary(OPTIONS);
  const game = adversary.play({
    parameters: weightsOf(adversary),
    buffers: buffersOf(adversary),
    images: REAL,
    reconstruction: FAKE,
  });
  const seen = new Set<Tensor>();
  const stack = [game.loss];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  assert.ok(seen.has(game.fake));
  assert.equal(adversary.generatorTerm().name, "adversarial");
});

Deno.test("Adversary keeps rows together where it has batch norms", () => {
  assert.deepEqual(new Adversary(OPTIONS).rowsTogether, {
    rows: 2,
    because: "the discriminator norms 2 images together",
  });
  const discriminator = { name: "stylegan" as const, channels: [4, 4] };
  const other = new Adversary({ ...OPTIONS, discriminator, lecam: 1 });
  assert.equal(other.rowsTogether, undefined);
  assert.deepEqual(Object.keys(other.buffers), ["lecam.real", "lecam.fake"]);
});

Deno.test("an adversary's objective has the terms that count, from their start", () => {
  const of = (changes: Partial<AdversarialOptions>) =>
    new Adversary({ ...OPTIONS, ...changes }).objective;
  assert.deepEqual(of({}).scalars, {});
  const late = of({ from: 10, warmup: 4, lecam: 0.1, r1: 3 });
  const at = (step: number) =>
    Object.fromEntries(
      Object.entries(late.scalars).map((
        [name, weight],
      ) => [name, weight(step)]),
    );
  const names = ["weight/discriminator", "weight/lecam", "weight/r1"];
  assert.deepEqual(Object.keys(late.inputs).sort(), names);
  assert.deepEqual(Object.values(at(9)), [0, 0, 0]);
  assert.deepEqual(at(12), {
    "weight/discriminator": 0.25,
    "weight/lecam": 0.05,
    "weight/r1": 0.75,
  });
});
