import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkStrided,
  gatherElements,
  isRowMajor,
  rowMajorStrides,
  type Strided,
} from "../../../lib/interop/strided.ts";
import { assertRefused, failure } from "./_refusals.ts";

function check(tensor: Strided, elements: number): void {
  checkStrided(tensor, { elements, fail: failure });
}

/** Dense tensors whose axes lie in any order, from a random offset. */
const PERMUTED = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }),
  offset: fc.integer({ min: 0, max: 9 }),
  seed: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
}).map(({ shape, offset, seed }) => {
  const order = shape.map((_, axis) => axis)
    .sort((a, b) => seed[a]! - seed[b]!);
  const dense = rowMajorStrides(order.map((axis) => shape[axis]!));
  const strides = shape.map((_, axis) => dense[order.indexOf(axis)]!);
  return { shape, strides, offset };
});

/** Elements by the definition, one index after another. */
function expected({ shape, strides, offset }: Strided): number[] {
  let places = [offset];
  for (const [axis, size] of shape.entries()) {
    places = places.flatMap((place) =>
      Array.from({ length: size }, (_, i) => place + i * strides[axis]!)
    );
  }
  return places;
}

Deno.test("gatherElements() takes the elements that sizes and strides say", async () => {
  await fc.assert(fc.asyncProperty(PERMUTED, async (tensor) => {
    const elements = tensor.offset + expected(tensor).length;
    check(tensor, elements);
    const all = Uint16Array.from({ length: elements }, (_, i) => i);
    const bytes = await gatherElements(tensor, {
      dtype: "I16",
      read: ({ start, count }) => {
        assert.ok(start >= 0 && start + count <= elements);
        const part = all.slice(start, start + count);
        return Promise.resolve(new Uint8Array(part.buffer));
      },
    });
    const found = [...new Uint16Array(bytes.buffer)];
    assert.deepEqual(found, expected(tensor));
  }));
});

Deno.test("gatherElements() reads a large tensor in parts of at most 64 MiB", async () => {
  // 2^24 elements of 8 bytes, transposed: 128 MiB, in parts.
  const [rows, columns] = [4, 2 ** 22];
  const tensor = { shape: [columns, rows], strides: [1, columns], offset: 0 };
  let largest = 0;
  const bytes = await gatherElements(tensor, {
    dtype: "I64",
    read: ({ start, count }) => {
      largest = Math.max(largest, 8 * count);
      const part = new BigUint64Array(count).fill(BigInt(start));
      return Promise.resolve(new Uint8Array(part.buffer));
    },
  });
  assert.ok(largest <= 64 * 2 ** 20, `${largest}`);
  const found = new BigUint64Array(bytes.buffer);
  // Elements say where their part begins: two rows make 64 MiB.
  assert.deepEqual(
    [...found.subarray(4, 8)].map(Number),
    [0, 0, 2, 2].map((row) => row * columns),
  );
});

Deno.test("isRowMajor() looks past axes of one entry", () => {
  assert.ok(isRowMajor({ shape: [2, 1, 3], strides: [3, 77, 1], offset: 4 }));
  assert.ok(!isRowMajor({ shape: [2, 3], strides: [1, 2], offset: 0 }));
});

Deno.test("checkStrided() refuses what lies outside, overlaps or is too sparse", async () => {
  const huge = 2 ** 53 - 1;
  const cases: [Strided, elements: number, RegExp][] = [
    [{ shape: [4], strides: [1], offset: 1 }, 4, /reach outside .* 4 elements/],
    [{ shape: [2, 2], strides: [3, 1], offset: 0 }, 4, /reach outside/],
    [{ shape: [], strides: [], offset: 4 }, 4, /reach outside/],
    [{ shape: [0], strides: [1], offset: 5 }, 4, /reach outside/],
    [{ shape: [huge, huge], strides: [huge, 1], offset: 0 }, 4, /outside/],
    [{ shape: [2], strides: [huge], offset: huge }, huge, /reach outside/],
    [{ shape: [3], strides: [0], offset: 0 }, 4, /let elements overlap/],
    [{ shape: [2, 2], strides: [1, 1], offset: 0 }, 4, /let elements overlap/],
    [{ shape: [2, 3], strides: [2, 1], offset: 0 }, 9, /let elements overlap/],
    [
      { shape: [2], strides: [1e6], offset: 0 },
      2e6,
      /use only 2 of 1000001 elements/,
    ],
  ];
  for (const [tensor, elements, reason] of cases) {
    await assertRefused(() => check(tensor, elements), reason);
  }
});
