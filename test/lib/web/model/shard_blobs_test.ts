import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  loadShards,
  type ShardSource,
} from "../../../../lib/web/model/shard_blobs.ts";
import type { Shard } from "../../../../lib/web/model/web_model.ts";
import { MODEL } from "../wish/_model.ts";

const CONTENTS = [[1, 2, 3], [4, 5], [6], [7, 8], [9, 10], [11]]
  .map((bytes) => Uint8Array.from(bytes));

const SHARDS: readonly Shard[] = CONTENTS.map((bytes, i) => ({
  file: `${i}.bin`,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
}));

const OF = { ...MODEL, shards: SHARDS };

/** A source that tells what it is asked, and may have damaged shards kept. */
class Source implements ShardSource {
  readonly kept = new Map<string, Blob>();
  most = 0;
  #reading = 0;
  readonly #contents: readonly Uint8Array<ArrayBuffer>[];

  constructor(contents = CONTENTS) {
    this.#contents = contents;
  }

  async read(
    { file }: Shard,
    { onBytes }: Parameters<ShardSource["read"]>[1],
  ): Promise<Blob> {
    this.most = Math.max(this.most, ++this.#reading);
    await new Promise((resolve) => setTimeout(resolve));
    this.#reading--;
    const blob = this.kept.get(file) ??
      new Blob([this.#contents[parseInt(file)]!]);
    onBytes(blob.size);
    return blob;
  }

  keep({ file }: Shard, blob: Blob): Promise<void> {
    this.kept.set(file, blob);
    return Promise.resolve();
  }

  forget({ file }: Shard): Promise<boolean> {
    return Promise.resolve(this.kept.delete(file));
  }
}

function load(source: ShardSource, told: [number, number][] = []) {
  return loadShards(OF, source, {
    onProgress: (bytes, total) => told.push([bytes, total]),
    signal: new AbortController().signal,
  });
}

Deno.test("loadShards() reads across shards, a few at once", async () => {
  const source = new Source();
  const told: [number, number][] = [];
  const read = await load(source, told);
  assert.equal(source.most, 4);
  assert.deepEqual(told.at(-1), [11, 11]);
  assert.equal(source.kept.size, SHARDS.length);
  const bytes = async (start: number, stop: number) => [
    ...new Uint8Array(await read(start, stop)),
  ];
  assert.deepEqual(await bytes(0, 11), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(await bytes(2, 7), [3, 4, 5, 6, 7]);
  assert.deepEqual(await bytes(4, 4), []);
});

Deno.test("loadShards() reads a damaged kept shard again", async () => {
  const source = new Source();
  source.kept.set("1.bin", new Blob([Uint8Array.of(4, 6)]));
  const told: [number, number][] = [];
  const read = await load(source, told);
  assert.deepEqual([...new Uint8Array(await read(3, 5))], [4, 5]);
  assert.deepEqual(told.at(-1), [11, 11]);
});

Deno.test("loadShards() refuses shards that are not what they should be", async () => {
  const wrong = CONTENTS.with(3, Uint8Array.of(7, 9));
  await assert.rejects(
    load(new Source(wrong)),
    /Cannot use "3\.bin": expected 2/,
  );
  const short = CONTENTS.with(0, Uint8Array.of(1, 2));
  await assert.rejects(load(new Source(short)), /found 2 others/);
});
