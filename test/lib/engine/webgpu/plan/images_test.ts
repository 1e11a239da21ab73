import assert from "node:assert/strict";
import { layOutImages } from "../../../../../lib/engine/webgpu/plan/images.ts";
import type { Kernel } from "../../../../../lib/engine/webgpu/kernels/code.ts";
import type { Storage } from "../../../../../lib/engine/webgpu/wgsl/storage.ts";

function storage(words: number): Storage {
  return { dtype: "f32", shape: [words] };
}

function kernel(reads: readonly Storage[], writes: readonly Storage[]): Kernel {
  return {
    name: "",
    wgsl: "",
    bindings: [
      ...reads.map((storage) => ({
        storage,
        writes: false,
        image: "r32float" as const,
      })),
      ...writes.map((storage) => ({ storage, writes: true })),
    ],
    workgroups: 1,
    flops: 0,
    bytes: 0,
  };
}

function layOut(kernels: readonly Kernel[], lasting: readonly Storage[] = []) {
  return layOutImages(kernels, {
    wordsOf: ({ shape }) => shape[0]!,
    isTemporary: (storage) => !lasting.includes(storage),
  });
}

Deno.test("an image is filled once, and again after its storage was written", () => {
  const [a, b] = [storage(8), storage(8)];
  const { uses } = layOut([
    kernel([a], [b]),
    kernel([a], [b]),
    kernel([b], [a]),
    kernel([a], [b]),
  ]);
  const copies = uses.map((of) => of.map(({ copies }) => copies));
  assert.deepEqual(copies, [[true], [false], [true], [true]]);
});

Deno.test("a kernel that replaces what it reads has its image before", () => {
  const a = storage(8);
  const { uses } = layOut([kernel([a], [a]), kernel([a], [])]);
  assert.deepEqual(uses.map(([use]) => use!.copies), [true, true]);
});

Deno.test("storages of about one size take turns in an image", () => {
  const [a, b, c] = [storage(9000), storage(9001), storage(2 ** 20)];
  const { slots, uses } = layOut([
    kernel([a], [b]),
    kernel([b], [c]),
    kernel([c], [a]),
  ]);
  assert.deepEqual(uses.map(([use]) => use!.slot), [0, 0, 1]);
  assert.deepEqual(slots.map(({ height }) => height), [3, 256]);
});

Deno.test("storages that are read together have an image each", () => {
  const [a, b] = [storage(8), storage(8)];
  const { slots } = layOut([kernel([a, b], [])]);
  assert.equal(slots.length, 2);
});

Deno.test("what outlasts a run and is not written keeps its image", () => {
  const [weight, x] = [storage(8), storage(8)];
  const { slots, unwritten } = layOut(
    [kernel([weight], [x]), kernel([x], [])],
    [weight],
  );
  assert.deepEqual([...unwritten], [weight]);
  assert.equal(slots.length, 2);
});
