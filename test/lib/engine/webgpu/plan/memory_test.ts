import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ALIGNMENT,
  bytesOf,
  layOutArena,
} from "../../../../../lib/engine/webgpu/plan/memory.ts";
import type { Kernel } from "../../../../../lib/engine/webgpu/kernels/code.ts";
import type { Storage } from "../../../../../lib/engine/webgpu/wgsl/storage.ts";

function kernelOn(storages: readonly Storage[]): Kernel {
  const bindings = storages.map((storage) => ({ storage, writes: true }));
  return { name: "", wgsl: "", bindings, workgroups: 1, flops: 0, bytes: 0 };
}

const storage = fc.integer({ min: 0, max: 300 })
  .map((size): Storage => ({ dtype: "f32", shape: [size] }));

Deno.test("layOutArena() never lays two living tensors over each other", () => {
  fc.assert(fc.property(
    fc.array(storage, { minLength: 1, maxLength: 12 }),
    fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 12,
    }),
    (storages, uses) => {
      const kernels = uses.map((picks) =>
        kernelOn([...new Set(picks.map((n) => storages[n % storages.length]!))])
      );
      const kept = [storages[0]!];
      const { offsets, bytes } = layOutArena(kernels, {
        isTemporary: () => true,
        kept,
      });
      const spans = [...offsets].map(([each, start]) => {
        const alive = kernels.flatMap(({ bindings }, i) =>
          bindings.some((binding) => binding.storage === each) ? [i] : []
        );
        return {
          start,
          stop: start + bytesOf(each),
          first: alive[0]!,
          last: kept.includes(each) ? Infinity : alive.at(-1)!,
        };
      });
      for (const [i, a] of spans.entries()) {
        assert.equal(a.start % ALIGNMENT, 0);
        assert.ok(a.stop <= bytes);
        for (const b of spans.slice(i + 1)) {
          const together = a.first <= b.last && b.first <= a.last;
          const apart = a.stop <= b.start || b.stop <= a.start;
          assert.ok(!together || apart);
        }
      }
    },
  ));
});

Deno.test("layOutArena() uses memory again", () => {
  const chain = Array.from(
    { length: 10 },
    (): Storage => ({ dtype: "f32", shape: [64] }),
  );
  const kernels = chain.slice(1).map((each, i) => kernelOn([chain[i]!, each]));
  const { bytes } = layOutArena(kernels, {
    isTemporary: () => true,
    kept: [],
  });
  assert.equal(bytes, 2 * ALIGNMENT);
});
