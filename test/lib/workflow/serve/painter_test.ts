import assert from "node:assert/strict";
import { arShapes, vaeShapes } from "../../../../lib/model/mod.ts";
import {
  ModelPainter,
  type Painted,
} from "../../../../lib/workflow/serve/painter.ts";
import { testOnEngines } from "../../../engines.ts";
import { AR, randomWeights, VAE } from "../../model/_models.ts";

const GENERATOR = {
  ar: { config: AR, weights: randomWeights(arShapes(AR)) },
  vae: { config: VAE, weights: randomWeights(vaeShapes(VAE)) },
};

const SAMPLING = {
  solver: "euler",
  steps: 3,
  cfg: 2,
  cfgSchedule: "linear",
  perClass: 1,
} as const;

const SILENT = {
  signal: new AbortController().signal,
  onToken: () => {},
  wantsPreview: () => false,
  onPreview: () => {},
};

function batch(
  indices: readonly number[],
  changes: { readonly seed?: number; readonly sampling?: typeof SAMPLING } = {},
) {
  return {
    sampling: SAMPLING,
    seed: 0,
    classes: Int32Array.from(indices, (index) => index % 3),
    indices: Uint32Array.from(indices),
    ...changes,
  };
}

await testOnEngines({
  "ModelPainter gives an image its bytes whoever shares its batch": async (
    engine,
  ) => {
    const painter = await ModelPainter.create(engine, {
      generator: GENERATOR,
      batch: 4,
      sampling: SAMPLING,
    });
    assert.equal(painter.tokens, AR.grid ** 2);
    const [alone] = await painter.paint(batch([7]), SILENT);
    assert.equal(alone!.tokens.length, AR.grid ** 2 * AR.latent_dim);
    assert.equal(alone!.picture.data.length, VAE.image_size ** 2 * 3);
    const shared = await painter.paint(batch([1, 9, 7, 2]), SILENT);
    assert.deepEqual(shared[2], alone);
    assert.notDeepEqual(shared[1], alone);
    const [seeded] = await painter.paint(batch([7], { seed: 1 }), SILENT);
    assert.notDeepEqual(seeded, alone);
    // Other numbers have samplers of their own, of which few are kept.
    for (const steps of [1, 2, 4, 5]) {
      const sampling = { ...SAMPLING, steps } as never;
      const [other] = await painter.paint(batch([7], { sampling }), SILENT);
      assert.notDeepEqual(other, alone);
    }
    const sampling = { ...SAMPLING, cfg: 3 } as never;
    const [guided] = await painter.paint(batch([7], { sampling }), SILENT);
    assert.notDeepEqual(guided, alone);
    const [again] = await painter.paint(batch([7]), SILENT);
    assert.deepEqual(again, alone);
    painter.dispose();
  },

  "ModelPainter stops at a token and goes on with another batch": async (
    engine,
  ) => {
    const painter = await ModelPainter.create(engine, {
      generator: GENERATOR,
      batch: 2,
      sampling: SAMPLING,
    });
    const [expected] = await painter.paint(batch([7]), SILENT);
    const controller = new AbortController();
    const cut = painter.paint(batch([1, 2]), {
      ...SILENT,
      signal: controller.signal,
      onToken: (token) => token === 2 && controller.abort(),
    });
    await assert.rejects(cut, { name: "AbortError" });
    const [found] = await painter.paint(batch([7]), SILENT);
    assert.deepEqual(found, expected);
    painter.dispose();
  },

  "ModelPainter shows images in the making, with nothing of the batch before":
    async (
      engine,
    ) => {
      const painter = await ModelPainter.create(engine, {
        generator: GENERATOR,
        batch: 2,
        sampling: SAMPLING,
      });
      const [[expected], [other]] = [
        await painter.paint(batch([7]), SILENT),
        await painter.paint(batch([1]), SILENT),
      ];
      const d = AR.latent_dim;
      const previews: [number, readonly Painted[]][] = [];
      const found = await painter.paint(batch([7]), {
        ...SILENT,
        // Time enough for every one.
        onToken: () => waitMs(200),
        wantsPreview: (finished) => finished > 1 && finished < painter.tokens,
        onPreview: (finished, images) => previews.push([finished, images]),
      });
      assert.deepEqual(found, [expected]);
      const last = painter.tokens - 1;
      assert.deepEqual(previews.map(([finished]) => finished), range(2, last));
      for (const [finished, images] of previews) {
        assert.equal(images.length, 1);
        const [{ picture, tokens }] = images as [Painted];
        const there = expected!.tokens.map((x, i) => i < finished * d ? x : 0);
        assert.deepEqual(tokens, there);
        assert.notDeepEqual(picture, expected!.picture);
        assert.notDeepEqual(picture, other!.picture);
      }
      painter.dispose();
    },
});

/** Integers from one to another, both included. */
function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Keeps the only thread busy. */
function waitMs(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
