import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { arTrainingStep, type Moment } from "../../../../lib/train/mod.ts";
import type { Latents } from "../../../../lib/workflow/sets/mod.ts";
import { latentValidator } from "../../../../lib/workflow/training/mod.ts";
import { AR, noise, unitRows } from "../../model/_models.ts";
import { rule } from "../../train/_rules.ts";

const TOKENS = AR.grid ** 2;
const D = AR.latent_dim;
const VIEWS = 2;
const IMAGES = 4;

function latents(changes: Partial<Latents> = {}): Latents {
  return {
    images: IMAGES,
    views: VIEWS,
    tokens: TOKENS,
    d: D,
    law: PAPER_LAW,
    parts: {
      mu: unitRows([IMAGES, VIEWS, TOKENS, D], "mu"),
      kappa: noise([IMAGES, VIEWS, TOKENS], { name: "kappa", mean: 50 }),
    },
    labels: Int32Array.of(0, 1, 2, 1),
    classes: ["a", "b", "c"],
    viewsOf: [],
    ...changes,
  };
}

function validatorOf(heldout: Latents) {
  return latentValidator({
    latents: heldout,
    trained: latents(),
    batch: 2,
    step: (rows) =>
      arTrainingStep({
        config: AR,
        batch: rows,
        diffBatchMul: 1,
        classDropout: 0,
        update: rule(),
      }),
    seed: 3,
    signal: new AbortController().signal,
  });
}

Deno.test("latentValidator() is the mean loss of held-out images in their first view", async () => {
  const seen: Parameters<Moment["probe"]>[1][] = [];
  const moment: Moment = {
    step: 1,
    result: () => Promise.reject(new Error("Nobody asked for it")),
    probe: (_, inputs) => {
      seen.push(inputs);
      const loss = hostTensor("f32", [], Float32Array.of(seen.length));
      return Promise.resolve({ loss } as never);
    },
  };
  const validator = validatorOf(latents());
  assert.deepEqual(await validator.measure(moment), { figures: { loss: 1.5 } });
  await validator.measure(moment);
  assert.deepEqual(seen.slice(2), seen.slice(0, 2));
  const { classes, mu } = seen[1]! as Record<
    string,
    ReturnType<typeof hostTensor>
  >;
  assert.deepEqual([...classes!.data], [2, 1]);
  const size = TOKENS * D;
  const third = latents().parts["mu"]!.data.subarray(2 * VIEWS * size);
  assert.deepEqual([...mu!.data].slice(0, size), [...third].slice(0, size));
});

Deno.test("latentValidator() refuses latents of another kind by name", () => {
  for (
    const [changes, message] of [
      [{ classes: ["a", "b"] }, /classes is a,b, expected a,b,c, as in/],
      [{ tokens: 9 }, /tokens is 9, expected 4/],
      [
        { law: { ...PAPER_LAW, posterior: "gaussian" } },
        /posterior is gaussian, expected power-spherical/,
      ],
      [
        { law: { ...PAPER_LAW, latent_scale: 2 } },
        /latent_scale is 2, expected undefined/,
      ],
    ] as const
  ) {
    assert.throws(() => validatorOf(latents(changes)), { message });
  }
});
