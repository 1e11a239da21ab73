import assert from "node:assert/strict";
import fc from "fast-check";
import {
  centerCrop,
  cropRange,
  gridImage,
  type Picture,
  picture,
  randomCrop,
  resize,
} from "../../../lib/image/mod.ts";

const SIDE = fc.integer({ min: 1, max: 40 });
const FILTER = fc.constantFrom("box", "bicubic");

function constant(width: number, height: number, value: number): Picture {
  return picture(new Uint8Array(width * height * 3).fill(value), {
    width,
    height,
  });
}

function isConstant({ data }: Picture, value: number): boolean {
  return data.every((found) => found === value);
}

Deno.test("resize() keeps a constant picture constant", () => {
  fc.assert(fc.property(
    fc.tuple(SIDE, SIDE, SIDE, SIDE, FILTER, fc.nat(255)),
    ([w, h, width, height, filter, value]) => {
      const source = constant(w, h, value);
      const out = resize(source, { width, height, filter });
      assert.equal(out.data.length, width * height * 3);
      return isConstant(out, value);
    },
  ));
});

Deno.test("resize() by box to half is the mean of four", () => {
  const data = new Uint8Array([0, 9, 9, 3, 9, 9, 4, 9, 9, 9, 9, 9]);
  const source = picture(data, { width: 2, height: 2 });
  const half = resize(source, { width: 1, height: 1, filter: "box" });
  // Rounded after each pass: (0 + 3) / 2 = 2, (4 + 9) / 2 = 7, (2 + 7) / 2 = 5.
  assert.deepEqual([...half.data], [5, 9, 9]);
});

Deno.test("resize() refuses sizes it cannot make", () => {
  const source = constant(2, 2, 0);
  for (const width of [0, -1, 0.5, NaN, 2 ** 40]) {
    const options = { width, height: 2, filter: "box" } as const;
    assert.throws(() => resize(source, options), RangeError);
  }
});

Deno.test("centerCrop() and randomCrop() give the size at any shape", () => {
  fc.assert(fc.property(
    fc.tuple(
      SIDE,
      SIDE,
      fc.integer({ min: 1, max: 24 }),
      fc.nat(),
      fc.nat(255),
    ),
    ([width, height, size, draw, value]) => {
      const source = constant(width, height, value);
      const { least, most } = cropRange(size);
      const crops = [
        centerCrop(source, size),
        randomCrop(source, {
          size,
          smallerSide: least + draw % (most - least + 1),
          top: (count) => draw % count,
          left: (count) => draw % count,
        }),
      ];
      return crops.every((crop) =>
        crop.width === size && crop.height === size && isConstant(crop, value)
      );
    },
  ));
});

Deno.test("cropRange() is ADM's", () => {
  assert.deepEqual(cropRange(256), { least: 256, most: 320 });
  assert.deepEqual(cropRange(64), { least: 64, most: 80 });
});

function range(start: number, stop: number): number[] {
  return Array.from({ length: stop - start }, (_, i) => start + i);
}

Deno.test("gridImage() lays pictures in rows with labels", () => {
  const pictures = [0, 1, 2].map((value) => constant(8, 10, value));
  const plain = gridImage(pictures, { columns: 2, padding: 1 });
  assert.deepEqual([plain.width, plain.height], [19, 23]);
  const at = (grid: Picture, x: number, y: number) =>
    grid.data[(y * grid.width + x) * 3];
  assert.equal(at(plain, 0, 0), 255);
  assert.equal(at(plain, 1, 1), 0);
  assert.equal(at(plain, 10, 1), 1);
  assert.equal(at(plain, 1, 12), 2);
  assert.equal(at(plain, 10, 12), 255);
  const labels = ["cat", "dog"];
  const named = gridImage(pictures, { columns: 2, scale: 3, labels });
  assert.equal(named.width, 4 + 3 * 12 + 2 + 2 * 26);
  assert.ok(named.data.includes(40));
  assert.throws(() => gridImage([], { columns: 2 }), RangeError);
  const captions = ["cat and more", "i", "dog"];
  const below = gridImage(pictures, { columns: 2, padding: 1, captions });
  assert.deepEqual([below.width, below.height], [19, 43]);
  assert.equal(at(below, 1, 22), 2);
  // A caption keeps to its picture's width: one letter of six pixels.
  const inked = Array.from({ length: 19 }, (_, x) => x)
    .filter((x) => range(12, 21).some((y) => at(below, x, y) === 40));
  assert.ok(inked.some((x) => x < 7) && inked.some((x) => x > 9));
  assert.ok(inked.every((x) => x < 7 || x > 9), inked.join());
  const mixed = [...pictures, constant(3, 3, 0)];
  assert.throws(() => gridImage(mixed, { columns: 2 }), TypeError);
});
