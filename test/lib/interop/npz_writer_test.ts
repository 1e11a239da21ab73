import assert from "node:assert/strict";
import { join } from "node:path";
import { createAtomic } from "../../../lib/artifact/mod.ts";
import { writeNpz } from "../../../lib/interop/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

async function* inPieces(...pieces: number[][]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Uint8Array.from(piece);
}

/** What numpy.save of NumPy 2 writes for uint8 of shape (2, 3). */
const HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }";

Deno.test("writeNpz() writes an array as NumPy lays it out", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.npz");
    await writeNpz(await createAtomic(path), {
      arr_0: { shape: [2, 3], pieces: inPieces([1, 2], [], [3, 4, 5, 6]) },
    });
    const bytes = await Deno.readFile(path);
    // The content of the first entry is where the magic word is.
    const start = bytes.indexOf(0x93);
    const file = bytes.subarray(start);
    assert.deepEqual([...file.subarray(1, 8)], [78, 85, 77, 80, 89, 1, 0]);
    const length = file[8]! + 256 * file[9]!;
    assert.equal((10 + length) % 64, 0);
    const text = new TextDecoder().decode(file.subarray(10, 10 + length));
    assert.equal(text.trimEnd(), HEADER);
    assert.ok(text.endsWith("\n"));
    assert.deepEqual([...file.subarray(10 + length, 16 + length)], [
      1,
      2,
      3,
      4,
      5,
      6,
    ]);
  }));

Deno.test("writeNpz() refuses another number of bytes and leaves no file", () =>
  inFolder(async (folder) => {
    const file = await createAtomic(join(folder, "a.npz"));
    const array = { shape: [2, 2], pieces: inPieces([1, 2, 3]) };
    await assert.rejects(writeNpz(file, { arr_0: array }), RangeError);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));
