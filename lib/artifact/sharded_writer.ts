import { join } from "node:path";
import { FormatError } from "./format_error.ts";
import { createFolder } from "./place.ts";
import {
  openSafetensorsFile,
  type SafetensorsReader,
} from "./safetensors_reader.ts";
import {
  type FileContents,
  type WritableTensor,
  writeSafetensors,
} from "./safetensors_writer.ts";
import {
  ARTIFACT_NAME,
  type CutTensor,
  type ShardIndex,
  shardName,
} from "./shard_index.ts";

/** A folder of shards that is being filled; it appears on commit. */
export interface ShardedWriter {
  /**
   * Makes a finished file the next shard: by a link, so that it is not copied.
   *
   * @throws {FormatError} where its tensors are not those of the first
   */
  add(file: string): Promise<void>;
  /** Writes what is in no shard, and moves the folder to its place. */
  commit(): Promise<void>;
  /** Leaves no trace of the folder. */
  abort(): Promise<void>;
}

/**
 * Starts a folder of shards.
 *
 * @param contents of the file beside the shards, once these are known
 * @throws {UserError} when the folder cannot be written, or holds other files
 */
export async function createShards(
  path: string,
  contents: (index: ShardIndex) => FileContents<WritableTensor>,
): Promise<ShardedWriter> {
  const folder = await createFolder(path);
  const index = new Map<string, CutTensor & { readonly rows: number[] }>();
  let shards = 0;
  return {
    async add(file) {
      const reader = await openSafetensorsFile(file);
      reader.close();
      count(reader, { index, first: shards === 0 });
      await folder.link(shardName(shards++), file);
    },
    async commit() {
      try {
        const whole = join(folder.path, ARTIFACT_NAME);
        await writeSafetensors(whole, contents(index));
      } catch (error) {
        await folder.abort();
        throw error;
      }
      await folder.commit();
    },
    abort: () => folder.abort(),
  };
}

/** Adds the rows of a shard to an index, which the first one begins. */
function count(
  { name: file, tensors }: SafetensorsReader,
  { index, first }: {
    readonly index: Map<string, CutTensor & { readonly rows: number[] }>;
    readonly first: boolean;
  },
): void {
  for (const name of new Set([...index.keys(), ...tensors.keys()])) {
    const info = tensors.get(name);
    const [rows, ...shape] = info?.shape ?? [];
    const known = index.get(name);
    const fits = info !== undefined && rows !== undefined &&
      (first || known?.dtype === info.dtype && `${known.shape}` === `${shape}`);
    if (!fits) {
      const expected = known ? `${known.dtype} [rows, ${known.shape}]` : "none";
      const found = info ? `${info.dtype} [${info.shape}]` : "none";
      const detail = `tensor "${name}": expected ${expected}, found ${found}`;
      throw new FormatError("IndexMismatch", { file, detail });
    }
    if (known) known.rows.push(rows);
    else index.set(name, { dtype: info.dtype, shape, rows: [rows] });
  }
}
