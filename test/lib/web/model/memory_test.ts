import assert from "node:assert/strict";
import {
  bytesText,
  memoryNeed,
  mostThatFit,
} from "../../../../lib/web/model/memory.ts";
import type { WebModel } from "../../../../lib/web/model/web_model.ts";
import { MODEL } from "../wish/_model.ts";

/** A matrix of 64 KiB in f16, and its model. */
const LARGE: WebModel = {
  ...MODEL,
  tensors: {
    ar: { w: { dtype: "f16", shape: [128, 256], start: 0 } },
    vae: {},
  },
};

Deno.test("memoryNeed() counts weights, caches and the decoder's maps", () => {
  const { weights, total, largest } = memoryNeed(LARGE, 2);
  const { dim, n_layer, cls_token_num, grid } = MODEL.ar;
  const cache = dim * (cls_token_num + grid ** 2 - 1) * 4 * 4;
  const map = 2 * MODEL.vae.image_size ** 2 * 64 * 4;
  assert.equal(weights, 8);
  assert.equal(total, 8 + 2 * n_layer * cache + 3 * map);
  assert.equal(largest, 2 ** 16);
});

Deno.test("mostThatFit() is 0 where a matrix does not fit", () => {
  assert.equal(mostThatFit(LARGE, 2 ** 16 - 1), 0);
  assert.ok(mostThatFit(LARGE, 2 ** 16) > 0);
});

Deno.test("bytesText() says bytes as people do", () => {
  const texts = [900, 8_529_664, 214e6, 3.2e9].map(bytesText);
  assert.deepEqual(texts, ["1 kB", "8.5 MB", "214 MB", "3.2 GB"]);
});
