import assert from "node:assert/strict";
import fc from "fast-check";
import {
  delinearize,
  div,
  fixed,
  type Index,
  indexText,
  linearize,
  mod,
  plus,
  reshapeCoordinates,
  symbol,
  times,
} from "../../../../../lib/engine/webgpu/wgsl/index.ts";

/** The number that an index is where its variables have values: its WGSL, run as integers. */
function valueOf(index: Index, values: Readonly<Record<string, number>>) {
  const text = indexText(index)
    .replace(/(\d+)u\b/g, "$1n")
    .replace(/\b[a-z]\w*\b/g, (name) => `${values[name]}n`);
  return Number(BigInt.asUintN(32, Function(`return ${text}`)() as bigint));
}

const sizes = fc.array(fc.integer({ min: 1, max: 6 }), {
  minLength: 1,
  maxLength: 4,
});

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

Deno.test("indexText() computes sums, quotients and remainders", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
    fc.nat(),
    (sizeX, sizeY, [a, b, c, d], seed) => {
      const [x, y] = [seed % sizeX, (seed >> 8) % sizeY];
      const sum = plus(
        plus(times(symbol("x", sizeX), a!), times(symbol("y", sizeY), b!)),
        fixed(c!),
      );
      const quotient = div(sum, c!);
      const rest = mod(quotient, d!);
      const number = a! * x + b! * y + c!;
      assert.equal(valueOf(sum, { x, y }), number);
      assert.equal(
        valueOf(quotient, { x, y }),
        Math.floor(number / c!),
      );
      assert.equal(
        valueOf(rest, { x, y }),
        Math.floor(number / c!) % d!,
      );
      assert.ok(number >= sum.min && number <= sum.max);
    },
  ));
});

Deno.test("delinearize() undoes linearize()", () => {
  fc.assert(fc.property(sizes, fc.nat(), (shape, seed) => {
    const count = countOf(shape);
    const i = seed % count;
    const coordinates = delinearize(symbol("i", count), shape);
    const numbers = coordinates.map((c) => valueOf(c, { i }));
    let expected = 0;
    shape.forEach((size, axis) => expected = expected * size + numbers[axis]!);
    assert.equal(expected, i);
    numbers.forEach((n, axis) => assert.ok(n < shape[axis]!));
    const again = linearize(coordinates, shape);
    assert.equal(again.key, symbol("i", count).key, "no division is left");
  }));
});

Deno.test("reshapeCoordinates() names the same element", () => {
  fc.assert(fc.property(sizes, fc.nat(), (factors, seed) => {
    const count = countOf(factors);
    const half = Math.ceil(factors.length / 2);
    const from = [
      countOf(factors.slice(0, half)),
      countOf(factors.slice(half)),
    ];
    const i = seed % count;
    const at = reshapeCoordinates(
      delinearize(symbol("i", count), factors),
      factors,
      [1, ...from],
    );
    assert.equal(valueOf(linearize(at, [1, ...from]), { i }), i);
  }));
});

Deno.test("reshapeCoordinates() leaves untouched axes as they are", () => {
  const at = [symbol("a", 7), symbol("b", 6), symbol("c", 5)];
  const [first, , , last] = reshapeCoordinates(at, [7, 6, 5], [7, 2, 3, 5]);
  assert.equal(first!.key, at[0]!.key);
  assert.equal(last!.key, at[2]!.key);
});

Deno.test("div() refuses what may be below zero", () => {
  const index = plus(symbol("x", 4), fixed(-1));
  assert.throws(() => div(index, 2), /internal: index .* may be negative/);
});
