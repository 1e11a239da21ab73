import assert from "node:assert/strict";
import type { StoredTensor, WeightSet } from "../../../../lib/interop/mod.ts";
import { unwrapped } from "../../../../lib/workflow/import/wrappers.ts";

const TENSOR: StoredTensor = { dtype: "F32", shape: [1] };

/** A set whose rows are their tensor's name. */
function setOf(...names: readonly string[]): WeightSet {
  return {
    tensors: new Map(names.map((name) => [name, TENSOR])),
    readRows: (name) => Promise.resolve(new TextEncoder().encode(name)),
  };
}

const CASES = {
  "a whole model": ["module.norm.weight", "module.vae.a"],
  "a compiled model": ["_orig_mod.norm.weight", "_orig_mod.vae.a"],
  "wrappers around each other": [
    "module._orig_mod.norm.weight",
    "module._orig_mod.vae.a",
  ],
  "one part": ["norm.weight", "vae._orig_mod.a"],
  "parts in a wrapped model": [
    "_fsdp_wrapped_module.norm._checkpoint_wrapped_module.weight",
    "module.vae.module._orig_mod.a",
  ],
} as const;

for (const [what, names] of Object.entries(CASES)) {
  Deno.test(`unwrapped() gives ${what} its own names and reads through them`, async () => {
    const set = unwrapped(setOf(...names), "a.pt");
    assert.deepEqual([...set.tensors.keys()], ["norm.weight", "vae.a"]);
    const bytes = await set.readRows("vae.a", { start: 0, count: 1 });
    assert.equal(new TextDecoder().decode(bytes), names[1]);
  });
}

Deno.test("unwrapped() leaves names alone that only resemble a wrapper's", () => {
  const names = ["submodule.a", "module", "a.module", "b._orig_mod_.c"];
  const set = unwrapped(setOf(...names), "a.pt");
  assert.deepEqual([...set.tensors.keys()], names);
});

Deno.test("unwrapped() refuses two tensors of one name", () => {
  assert.throws(
    () => unwrapped(setOf("vae.a", "vae._orig_mod.a"), "a.pt"),
    /"a\.pt": "vae\.a" and "vae\._orig_mod\.a" are both the tensor "vae\.a"/,
  );
});
