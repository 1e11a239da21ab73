import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import { arTrainingStep, type Moment } from "../../../../lib/train/mod.ts";
import type {
  HostPosterior,
  LatentSource,
} from "../../../../lib/workflow/sets/mod.ts";
import { latentValidator } from "../../../../lib/workflow/training/mod.ts";
import { AR, noise, unitRows } from "../../model/_models.ts";
import { rule } from "../../train/_rules.ts";
import { latentSource } from "../sets/_sources.ts";

const TOKENS = AR.grid ** 2;
const D = AR.latent_dim;
const VIEWS = 2;
const IMAGES = 4;

const PARTS = {
  mu: unitRows([IMAGES, VIEWS, TOKENS, D], "mu"),
  kappa: noise([IMAGES, VIEWS, TOKENS], { name: "kappa", mean: 50 }),
};

function latents(
  changes: Partial<LatentSource> & { parts?: HostPosterior } = {},
): LatentSource {
  return latentSource({
    images: IMAGES,
    views: VIEWS,
    tokens: TOKENS,
    d: D,
    law: PAPER_LAW,
    parts: PARTS,
    labels: Int32Array.of(0, 1, 2, 1),
    classes: ["a", "b", "c"],
    viewsOf: [],
    centredOf: [],
    ...changes,
  });
}

function validatorOf(heldout: LatentSource, trained = latents()) {
  return latentValidator({
    latents: heldout,
    trained,
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

/** A moment whose nth loss is n, and the batches that it was asked for. */
function recorder() {
  const seen: Readonly<Record<string, HostTensor>>[] = [];
  const moment: Moment = {
    step: 1,
    result: () => Promise.reject(new Error("Nobody asked for it")),
    probe: (_, inputs) => {
      seen.push(inputs as Record<string, HostTensor>);
      const loss = hostTensor("f32", [], Float32Array.of(seen.length));
      return Promise.resolve({ loss } as never);
    },
  };
  return { moment, seen };
}

Deno.test("latentValidator() is the mean loss of held-out images in their first view", async () => {
  const { moment, seen } = recorder();
  const validator = validatorOf(latents());
  assert.deepEqual(await validator.measure(moment), { figures: { loss: 1.5 } });
  await validator.measure(moment);
  assert.deepEqual(seen.slice(2), seen.slice(0, 2));
  const { classes, mu } = seen[1]!;
  assert.deepEqual([...classes!.data], [2, 1]);
  const size = TOKENS * D;
  const third = PARTS.mu.data.subarray(2 * VIEWS * size);
  assert.deepEqual([...mu!.data].slice(0, size), [...third].slice(0, size));
});

Deno.test("latentValidator() takes held-out latents at the scale of those that are trained on", async () => {
  const law = { posterior: "gaussian", normalize: "none" } as const;
  const mu = noise([IMAGES, VIEWS, TOKENS, D], { name: "mu" });
  const parts = { mu, sigma: mu };
  // Of equal numbers, those at the smaller scale are 16 times as long.
  const trained = latents({ parts, law: { ...law, latent_scale: 4 } });
  const heldout = latents({ parts, law: { ...law, latent_scale: 0.25 } });
  const { moment, seen } = recorder();
  await validatorOf(heldout, trained).measure(moment);
  for (const part of ["mu", "sigma"]) {
    const { data } = seen[0]![part]!;
    const first = mu.data.subarray(0, TOKENS * D);
    const expected = Array.from(first, (x) => 16 * x);
    assert.deepEqual([...data].slice(0, TOKENS * D), expected);
  }
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
        { law: { ...PAPER_LAW, normalize: "all" } },
        /normalize is all, expected none/,
      ],
    ] as const
  ) {
    assert.throws(() => validatorOf(latents(changes)), { message });
  }
});
