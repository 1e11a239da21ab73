import assert from "node:assert/strict";
import { STORES } from "../../../../datasets/mod.ts";
import {
  estimatePrepare,
  settled,
} from "../../../../lib/workflow/prepare/mod.ts";

const OPTIONS = {
  dataset: "imagenet:/nowhere.tar",
  size: 256,
  minFraction: 0.8,
  format: "jpeg",
  quality: 95,
  shard: 256,
  heldoutShare: 0.001,
} as const;

/** Images that are trained on, of ImageNet's. */
const TRAIN = 1_281_167 - 1_281;

for (const store of STORES) {
  Deno.test(`estimatePrepare() of store ${store} knows counts and bytes`, async () => {
    const how = settled({ ...OPTIONS, store }, { heldout: true });
    const { amount, outputs, notes } = await estimatePrepare(how);
    assert.equal(amount, "1,281,167 images");
    assert.deepEqual(notes, ["assumes that all 1,281,167 pictures are there"]);
    const { train, heldout } = outputs!;
    assert.equal(train!.sizes["images"], TRAIN);
    assert.equal(heldout!.sizes["images"], 1_281);
    assert.equal((train!.config["classes"] as string[]).length, 1000);
    // Of pictures of 110 kB; 2,000 photographs whose smaller side became 320
    // pixels took 48 kB each.
    const each = {
      pixels: 3 * 256 ** 2,
      original: 110_000,
      resized: 48_000,
      index: 54,
    }[store];
    const bytes = train!.bytes / TRAIN;
    const near = Math.abs(bytes - each) <= Math.max(54, 0.02 * each);
    assert.ok(near, `${bytes} and ${each}`);
  });
}
