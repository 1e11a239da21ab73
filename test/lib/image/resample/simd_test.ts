import assert from "node:assert/strict";
import fc from "fast-check";
import { cut, type Picture, resize } from "../../../../lib/image/mod.ts";
import { resizeInTurn } from "../../../../lib/image/resize.ts";
import { resamplePlainly } from "../../../../lib/image/resample/plain.ts";
import { resampleByVectors } from "../../../../lib/image/resample/simd.ts";
import { tapsOf } from "../../../../lib/image/resample/taps.ts";
import { noise } from "../_pictures.ts";

const SIDE = fc.integer({ min: 1, max: 90 });
const FILTER = fc.constantFrom("box", "bicubic");

/** Black and white squares, whose edges overshoot. */
function edges(width: number, height: number): Picture {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => ((i / 3 % width >> 2) + (i / 3 / width >> 2)) % 2 * 255,
  );
  return { width, height, channels: 3, data };
}

function assertSame(found: Picture, expected: Picture): void {
  const { data: a, ...size } = found;
  const { data: b, ...wanted } = expected;
  assert.deepEqual(size, wanted);
  assert.equal(a.findIndex((value, i) => value !== b[i]), -1);
}

Deno.test("resampleByVectors() gives the bytes of the plain loops at any size", () => {
  fc.assert(
    fc.property(
      fc.tuple(SIDE, SIDE, SIDE, SIDE, FILTER, fc.nat(), fc.boolean()),
      ([w, h, width, height, filter, seed, sharp]) => {
        const source = sharp
          ? edges(w, h)
          : noise({ width: w, height: h, seed });
        const whole = (to: number) => ({ start: 0, count: to });
        const passes = {
          columns: tapsOf({ from: w, to: width, filter }, whole(width), 0),
          rows: tapsOf({ from: h, to: height, filter }, whole(height), 0),
        };
        const found = resampleByVectors(source, passes);
        assert.ok(found !== undefined, "no vectors on this machine");
        assertSame(found, resamplePlainly(source, passes));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("resampleByVectors() leaves pictures that need too much memory", () => {
  const [width, height] = [8_000, 3_000];
  const source = {
    width,
    height,
    channels: 3,
    data: new Uint8Array(0),
  } as const;
  const axis = { filter: "box" } as const;
  const whole = (count: number) => ({ start: 0, count });
  const passes = {
    columns: tapsOf(
      { ...axis, from: width, to: width / 2 },
      whole(width / 2),
      0,
    ),
    rows: tapsOf(
      { ...axis, from: height, to: height / 2 },
      whole(height / 2),
      0,
    ),
  };
  assert.equal(resampleByVectors(source, passes), undefined);
});

Deno.test("resizeInTurn() gives the window of the whole result", () => {
  fc.assert(
    fc.property(
      fc.tuple(
        SIDE,
        SIDE,
        SIDE,
        SIDE,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: 4,
          maxLength: 4,
        }),
        fc.nat(),
      ),
      ([w, h, width, height, places, seed]) => {
        const source = noise({ width: w * 2, height: h * 2, seed });
        const steps = [
          { width: w, height: h, filter: "box" },
          { width, height, filter: "bicubic" },
        ] as const;
        const [across, down] = [places.slice(0, 2), places.slice(2)]
          .map((pair) => pair.sort((a, b) => a - b));
        const left = Math.floor(across![0]! * width);
        const top = Math.floor(down![0]! * height);
        const window = {
          left,
          top,
          width: Math.max(1, Math.floor(across![1]! * width) - left),
          height: Math.max(1, Math.floor(down![1]! * height) - top),
        };
        fc.pre(left + window.width <= width && top + window.height <= height);
        const whole = resize(resize(source, steps[0]), steps[1]);
        assertSame(resizeInTurn(source, { steps, window }), cut(whole, window));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("resizeInTurn() refuses a window that does not lie inside", () => {
  const source = noise({ width: 8, height: 8, seed: 1 });
  const steps = [{ width: 4, height: 4, filter: "box" }] as const;
  const window = { left: 2, top: 0, width: 3, height: 4 };
  assert.throws(() => resizeInTurn(source, { steps, window }), RangeError);
});

Deno.test("resize() gives a picture of its own where nothing changes", () => {
  const source = noise({ width: 5, height: 4, seed: 1 });
  const found = resize(source, { width: 5, height: 4, filter: "bicubic" });
  assertSame(found, source);
  assert.notEqual(found.data.buffer, source.data.buffer);
});
