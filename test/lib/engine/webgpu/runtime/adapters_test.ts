import assert from "node:assert/strict";
import {
  adapterName,
  listAdapters,
} from "../../../../../lib/engine/webgpu/mod.ts";

const NAMELESS = { description: "", vendor: "", architecture: "", device: "" };

Deno.test("an adapter is called by its description, or by what else is known", () => {
  const known = { ...NAMELESS, vendor: "nvidia", architecture: "ampere" };
  assert.equal(adapterName(known), "nvidia ampere");
  assert.equal(adapterName({ ...known, description: "RTX" }), "RTX");
  assert.equal(adapterName(NAMELESS), "unnamed adapter");
});

Deno.test("listAdapters() names each adapter once, the fastest first", async () => {
  const requestAdapter = (options: GPURequestAdapterOptions = {}) => {
    if (options.forceFallbackAdapter) return Promise.resolve(null);
    const description = options.powerPreference === "low-power"
      ? "small"
      : "large";
    const info = { ...NAMELESS, description, isFallbackAdapter: false };
    const limits = { maxBufferSize: description === "small" ? 1 : 2 };
    return Promise.resolve({ info, limits } as GPUAdapter);
  };
  const choices = await listAdapters({ requestAdapter } as GPU);
  assert.deepEqual(choices.map(({ name }) => name), ["large", "small"]);
  assert.deepEqual(choices[1], {
    name: "small",
    isSoftware: false,
    maxBufferBytes: 1,
    options: { powerPreference: "low-power" },
  });
});
