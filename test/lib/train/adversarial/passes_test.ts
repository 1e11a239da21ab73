import assert from "node:assert/strict";
import { discriminatorOf } from "../../../../lib/model/mod.ts";
import { shapesOf } from "../../../../lib/nn/mod.ts";
import { constant, type Tensor } from "../../../../lib/tensor/mod.ts";
import { discriminatorPasses } from "../../../../lib/train/mod.ts";
import { mapValues } from "../../../../lib/train/records.ts";
import {
  constants,
  evaluate,
  noise,
  randomWeights,
} from "../../model/_models.ts";

const CONFIG = { name: "patchgan", ndf: 4, n_layers: 2 } as const;
const ROWS = 2;
const VARIANCE = "main.3.running_var";
const NETWORK = discriminatorOf(CONFIG);
const PARAMETERS = constants(randomWeights(shapesOf(NETWORK.specs(CONFIG))));
const STARTS = randomWeights(shapesOf(NETWORK.buffers(CONFIG)));
const REAL = constant(noise([2, 3, 16, 16], { name: "real" }));
const FAKE = constant(noise([2, 3, 16, 16], { name: "fake", deviation: 2 }));

const PASSES = discriminatorPasses({
  parameters: PARAMETERS,
  buffers: mapValues(STARTS, constant),
  images: REAL,
  reconstruction: FAKE,
}, { config: CONFIG, rows: ROWS });

/** What one pass over images adds to a running variance: a tenth of theirs. */
async function shares(images: Tensor): Promise<readonly number[]> {
  const buffers = constants(STARTS);
  const judged = NETWORK.logits(PARAMETERS, images, {
    config: CONFIG,
    rows: ROWS,
    buffers,
  });
  const { next } = await evaluate({ next: judged.buffers[VARIANCE]! });
  const start = STARTS[VARIANCE]!.data;
  return [...next.data].map((value, i) => value - 0.9 * start[i]!);
}

Deno.test("discriminatorPasses() norms reconstructions, images and reconstructions again", async () => {
  const [real, fake] = [await shares(REAL), await shares(FAKE)];
  const { next } = await evaluate({ next: PASSES.buffers[VARIANCE]! });
  const start = STARTS[VARIANCE]!.data;
  next.data.forEach((value, i) => {
    const first = 0.9 * start[i]! + fake[i]!;
    const expected = 0.9 * (0.9 * first + real[i]!) + fake[i]!;
    assert.ok(Math.abs(value - expected) <= 1e-12, `${value}, ${expected}`);
  });
});

Deno.test("discriminatorPasses() judges reconstructions once", () => {
  assert.equal(PASSES.forGenerator, PASSES.fake);
  assert.notEqual(PASSES.real, PASSES.fake);
});
