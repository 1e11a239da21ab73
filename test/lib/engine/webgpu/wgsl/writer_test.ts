import assert from "node:assert/strict";
import { allOf } from "../../../../../lib/engine/webgpu/wgsl/writer.ts";

Deno.test("allOf() joins conditions without a branch for each", () => {
  assert.equal(allOf(["a < 2u"]), "(a < 2u)");
  assert.equal(allOf(["a < 2u", "b < 3u"]), "(a < 2u) & (b < 3u)");
});
