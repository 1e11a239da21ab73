import assert from "node:assert/strict";
import type { AtomicFile, ByteSource } from "../../../../lib/artifact/mod.ts";
import { ZipArchive } from "../../../../lib/interop/zip/archive.ts";
import { ZipWriter } from "../../../../lib/interop/zip/writer.ts";

/** A file of zeros that keeps what is short, so that a large one costs no disk. */
class SparseFile implements AtomicFile, ByteSource {
  readonly name = "sparse.zip";
  size = 0;
  private readonly kept: { at: number; bytes: Uint8Array }[] = [];

  write(bytes: Uint8Array, at = this.size): Promise<void> {
    this.size = Math.max(this.size, at + bytes.length);
    if (bytes.length < 4096) this.kept.push({ at, bytes: bytes.slice() });
    return Promise.resolve();
  }

  readInto(target: Uint8Array, start: number): Promise<void> {
    target.fill(0);
    for (const { at, bytes } of this.kept) {
      for (const [i, byte] of bytes.entries()) {
        const to = at + i - start;
        if (to >= 0 && to < target.length) target[to] = byte;
      }
    }
    return Promise.resolve();
  }

  commit = () => Promise.resolve();
  abort = () => Promise.resolve();
  close() {}
}

Deno.test("ZipWriter writes entries past 4 GiB, and entries after them", async () => {
  const file = new SparseFile();
  const writer = new ZipWriter(file);
  const piece = new Uint8Array(64 * 2 ** 20);
  const pieces = 65;
  await writer.add("large", new Array(pieces).fill(piece));
  await writer.add("small", [Uint8Array.of(1, 2, 3)]);
  await writer.commit();
  const archive = await ZipArchive.open(file);
  const [large, small] = [...archive.entries.values()];
  assert.equal(large!.size, pieces * piece.length);
  assert.ok(large!.size > 2 ** 32 && small!.headerAt > 2 ** 32);
  assert.deepEqual([...await archive.read(small!)], [1, 2, 3]);
});
