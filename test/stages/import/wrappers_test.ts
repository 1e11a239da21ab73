import assert from "node:assert/strict";
import type { StoredTensor, WeightSet } from "../../../lib/interop/mod.ts";
import { unwrapped } from "../../../stages/import/wrappers.ts";

const TENSOR: StoredTensor = { dtype: "F32", shape: [1] };

/** A set whose rows are their tensor's name. */
function setOf(...names: readonly string[]): WeightSet {
  return {
    tensors: new Map(names.map((name) => [name, TENSOR])),
    readRows: (name) => Promise.resolve(new TextEncoder().encode(name)),
  };
}

for (const wrapper of ["module.", "_orig_mod.", "module._orig_mod."]) {
  Deno.test(`unwrapped() takes "${wrapper}" away and reads through it`, async () => {
    const set = unwrapped(setOf(`${wrapper}norm.weight`, `${wrapper}vae.a`));
    assert.deepEqual([...set.tensors.keys()], ["norm.weight", "vae.a"]);
    const bytes = await set.readRows("vae.a", { start: 0, count: 1 });
    assert.equal(new TextDecoder().decode(bytes), `${wrapper}vae.a`);
  });
}

Deno.test("unwrapped() leaves names that only some share, and empty sets", () => {
  for (const set of [setOf("module.a", "b"), setOf()]) {
    assert.equal(unwrapped(set), set);
  }
});
