import { type EncodedPictures, inOrder } from "../../../datasets/mod.ts";
import type { JsonRecord, WritableTensor } from "../../artifact/mod.ts";
import type { OutputSlot } from "../../pipeline/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import {
  type Batches,
  linkShards,
  Shards,
  writeJoined,
} from "../pieces/mod.ts";
import { columnsOf } from "../sets/mod.ts";
import type { EncodedSplit, Waiting } from "./encoded.ts";
import { labelsOf } from "./labels.ts";
import type { Settled } from "./settled.ts";

/** What files become when they are stored. */
export interface FileStore {
  /** What readers are told of it. */
  config(settled: Settled): JsonRecord;
  /** Bytes of a stored picture, about, by the mean of files. */
  about(settled: Settled, mean: number): number;
  /**
   * A picture as it is stored.
   *
   * @throws {UserError} naming it where it cannot be read
   */
  stored(
    encoded: EncodedPictures,
    index: number,
    settled: Settled,
  ): Promise<Uint8Array>;
}

/** Files that are copied as they are. */
export const ORIGINAL: FileStore = {
  config: () => ({}),
  about: (_, mean) => mean,
  stored: (encoded, index) => encoded.bytes(index),
};

/**
 * Writes the pictures of a split into shards, with which a run that was cut goes
 * on; on commit they become the output.
 *
 * @throws {UserError} naming a picture that cannot be read
 */
export async function writeFiles(
  slot: OutputSlot,
  content: EncodedSplit,
  store: FileStore,
): Promise<Waiting> {
  const { split, rows, scratch, settled, encoded } = content;
  const each = store.about(settled, await meanBytes(encoded));
  const shards = new Shards((name) => scratch(`${split}-${name}`), {
    cut: {
      images: rows.length,
      batch: Math.max(1, Math.round(settled.shard * 1e6 / each)),
    },
    kind: "shard",
    needs: ["bytes", "lengths"],
  });
  await fillShards(shards, content, store);
  return {
    commit: () => join(shards, { slot, content, store }),
    abort: () => Promise.resolve(),
  };
}

/** Bytes of a picture's file: the mean, or that of what all pictures lie in. */
async function meanBytes(encoded: EncodedPictures): Promise<number> {
  const { count, containers } = encoded;
  let sum = 0;
  for (let index = 0; index < count; index++) sum += encoded.at(index).length;
  if (sum > 0) return sum / count;
  for (const { path } of containers) sum += (await Deno.stat(path)).size;
  return sum / count;
}

async function fillShards(
  shards: Shards,
  { split, encoded, rows, settled, progress, signal }: EncodedSplit,
  store: FileStore,
): Promise<void> {
  const { missing, done } = await shards.shareOf({ rank: 0, world: 1 });
  const total = rows.length;
  const task = progress.start({ label: split, total, done, unit: "image" });
  try {
    for (const shard of missing) {
      const { start, count } = shards.rows(shard);
      const files = new Files({ count, bytes: 1.2e6 * settled.shard });
      const stored = inOrder(
        rows.subarray(start, start + count),
        (index) => store.stored(encoded, index, settled),
      );
      for await (const file of stored) {
        signal.throwIfAborted();
        files.add(file);
        task.advance();
      }
      await shards.write(shard, files.tensors());
    }
  } finally {
    task.finish();
  }
}

/** Files of a shard, one after another. */
class Files {
  private bytes: Uint8Array<ArrayBuffer>;
  private readonly lengths: Uint32Array<ArrayBuffer>;
  private count = 0;
  private end = 0;

  /** @param size how many there will be, and their bytes, about */
  constructor(size: { readonly count: number; readonly bytes: number }) {
    this.bytes = new Uint8Array(Math.ceil(size.bytes));
    this.lengths = new Uint32Array(size.count);
  }

  add(file: Uint8Array): void {
    const end = this.end + file.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.ceil(1.5 * end));
      larger.set(this.bytes.subarray(0, this.end));
      this.bytes = larger;
    }
    this.bytes.set(file, this.end);
    this.lengths[this.count++] = file.length;
    this.end = end;
  }

  /** What a shard holds. */
  tensors() {
    const bytes = this.bytes.subarray(0, this.end);
    return {
      bytes: hostTensor("u8", [this.end], bytes),
      lengths: hostTensor("u32", [this.count], this.lengths),
    };
  }
}

/** Makes the output of finished shards. */
async function join(
  shards: Shards,
  { slot, content, store }: {
    readonly slot: OutputSlot;
    readonly content: EncodedSplit;
    readonly store: FileStore;
  },
): Promise<void> {
  const { encoded, rows, settled } = content;
  const lengths = await lengthsIn(shards);
  let end = 0;
  const { lengths: _, ...columns } = columnsOf(rows.length, (index) => {
    const length = lengths[index]!;
    const offset = end;
    end += length;
    return { offset, length, id: encoded.id(rows[index]!) };
  });
  const whole: Readonly<Record<string, WritableTensor>> = {
    ...columns,
    labels: labelsOf(encoded, rows),
  };
  const config = {
    ...content.config,
    form: "encoded",
    store: settled.store,
    ...store.config(settled),
  };
  if (slot.inFolder) {
    await linkShards(slot, { shards, whole, config });
    return;
  }
  await writeJoined(slot, {
    tensors: {
      bytes: { dtype: "u8", shape: [end] },
      lengths: { dtype: "u32", shape: [rows.length] },
    },
    whole,
    config,
    batches: rowsIn(shards),
  });
}

/** u32 [rows]: the lengths of all stored files. */
async function lengthsIn(shards: Shards): Promise<Uint32Array> {
  const lengths = new Uint32Array(shards.cut.images);
  const bytes = new Uint8Array(lengths.buffer);
  for await (const { start, data } of shards.pieces("lengths")) {
    bytes.set(data, 4 * start);
  }
  return lengths;
}

/** Bytes of an entry of each tensor of a shard. */
const ENTRY_BYTES: Readonly<Record<string, number>> = { bytes: 1, lengths: 4 };

/** Shards by the entries of each tensor, of which bytes has more than images. */
function rowsIn(shards: Shards): Batches {
  return {
    cut: shards.cut,
    async *pieces(tensor) {
      let start = 0;
      for await (const { data } of shards.pieces(tensor)) {
        const count = data.length / ENTRY_BYTES[tensor]!;
        yield { start, count, data };
        start += count;
      }
    },
  };
}
