import assert from "node:assert/strict";
import { becomesFloat32, toFloat32 } from "../../../lib/interop/mod.ts";

Deno.test("toFloat32() takes the numbers of each type, special ones too", () => {
  const numbers = [0, -0, 1.5, -2, 65504, Infinity, -Infinity, NaN];
  const halves = Uint16Array.of(
    ...[0x0000, 0x8000, 0x3e00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00],
  );
  const short = Uint16Array.of(
    ...[0x0000, 0x8000, 0x3fc0, 0xc000, 0x4780, 0x7f80, 0xff80, 0x7fc0],
  );
  const bytes = (array: ArrayBufferView<ArrayBuffer>) =>
    new Uint8Array(array.buffer);
  assert.deepEqual([...toFloat32(bytes(halves), "F16")], numbers);
  const rounded = numbers.map((x) => x === 65504 ? 65536 : x);
  assert.deepEqual([...toFloat32(bytes(short), "BF16")], rounded);
  const wide = Float64Array.from([...numbers, 0.1, 2 ** -1074]);
  assert.deepEqual(
    [...toFloat32(bytes(wide), "F64")],
    [...numbers, Math.fround(0.1), 0],
  );
});

Deno.test("toFloat32() leaves the bits of float32 alone, also of NaN", () => {
  const bits = Uint32Array.of(0x7fa00001, 0xffc12345, 1);
  const found = toFloat32(new Uint8Array(bits.buffer), "F32");
  assert.deepEqual(new Uint32Array(found.buffer), bits);
});

Deno.test("becomesFloat32() tells exact, rounded and unfit types apart", () => {
  assert.deepEqual(
    (["F32", "F16", "BF16", "F64", "I64"] as const).map(becomesFloat32),
    [true, true, true, false, undefined],
  );
  assert.throws(() => toFloat32(new Uint8Array(8), "I64"), TypeError);
});
