import assert from "node:assert/strict";
import { type ArConfig, PAPER_LAW } from "../../../lib/model/mod.ts";
import { PAPER_AR, PRESETS } from "../../../lib/preset/checked.ts";
import { imagesInBatch } from "../../../lib/sample/mod.ts";

const GUIDED = { cfg: 4.5, schedule: "linear" } as const;
const ALONE = { cfg: 1, schedule: "constant" } as const;
const AT_256 = {
  num_classes: 1000,
  latent_dim: 16,
  grid: 16,
  ...PAPER_LAW,
};
const AT_512 = { ...AT_256, cls_token_num: 64, grid: 32 };

/** Bytes of keys and values of one row. */
function rowBytes({ n_layer, dim, cls_token_num, grid }: ArConfig): number {
  return 2 * n_layer * dim * (cls_token_num + grid ** 2 - 1) * 4;
}

Deno.test("imagesInBatch() fills two gigabytes of caches, in fours", () => {
  const { B, L, H } = PAPER_AR;
  const chosen = [B, L, H].flatMap((model) => [
    imagesInBatch({ ...model, ...AT_256 }, GUIDED),
    imagesInBatch({ ...model, ...AT_512 }, GUIDED),
  ]);
  assert.deepEqual(chosen, [24, 4, 12, 3, 8, 2]);
  for (const model of [B, L, H]) {
    const config = { ...model, ...AT_256 };
    const images = imagesInBatch(config, GUIDED);
    assert.ok(images * 2 * rowBytes(config) <= 2 ** 31);
    assert.ok((images + 4) * 2 * rowBytes(config) > 2 ** 31);
  }
});

Deno.test("imagesInBatch() fits more without guidance, and no more than help", () => {
  const config = { ...PAPER_AR.B, ...AT_256 };
  assert.equal(imagesInBatch(config, ALONE), 52);
  const tiny = { ...PRESETS.tiny.ar, ...AT_256, grid: 4 };
  assert.equal(imagesInBatch(tiny, GUIDED), 80);
});

Deno.test("imagesInBatch() is one where not even that fits", () => {
  const config = { ...PAPER_AR.H, ...AT_256, grid: 128 };
  assert.equal(imagesInBatch(config, GUIDED), 1);
});
