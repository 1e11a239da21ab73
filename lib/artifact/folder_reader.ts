import { join } from "node:path";
import type { HostTensor } from "../tensor/host_tensor.ts";
import { checkedSize, FILE_DTYPES } from "./dtype.ts";
import { FormatError } from "./format_error.ts";
import type { TensorInfo } from "./header.ts";
import {
  hostTensorOf,
  openSafetensorsFile,
  requireHostDType,
  requireRows,
  requireTensor,
  type RowRange,
  type SafetensorsReader,
} from "./safetensors_reader.ts";
import { RowCuts, type RowRun } from "./row_cuts.ts";
import {
  ARTIFACT_NAME,
  type CutTensor,
  parseShardIndex,
  rowsIn,
  type ShardIndex,
  shardName,
  SHARDS_KEY,
  shardsOf,
} from "./shard_index.ts";
import { OpenPool } from "./open_pool.ts";
import { digestFiles } from "./source.ts";
import { ioError } from "./user_error.ts";

/** Shards that are open at once: a batch reads rows of many. */
const MOST_OPEN = 128;

/**
 * Opens a folder whose artifact says which tensors are cut into shards. A shard
 * is opened, and its header held against what the artifact says, when it is
 * read.
 *
 * @throws {UserError} when something cannot be read
 * @throws {FormatError} when the artifact is malformed or a shard is missing
 */
export async function openArtifactFolder(
  folder: string,
): Promise<SafetensorsReader> {
  const whole = await openSafetensorsFile(join(folder, ARTIFACT_NAME));
  try {
    const text = whole.metadata[SHARDS_KEY];
    const index = text === undefined
      ? new Map<string, CutTensor>()
      : parseShardIndex(text, whole.name);
    await requireShards(folder, { index, whole });
    return new FolderReader(folder, { index, whole });
  } catch (error) {
    whole.close();
    throw error;
  }
}

interface Parts {
  readonly index: ShardIndex;
  /** The file of what is not cut. */
  readonly whole: SafetensorsReader;
}

/** @throws {FormatError} where a file of the index is not there, or a name twice */
async function requireShards(
  folder: string,
  { index, whole }: Parts,
): Promise<void> {
  const fail = (detail: string) =>
    new FormatError("IndexMismatch", { file: whole.name, detail });
  for (const name of index.keys()) {
    if (!whole.tensors.has(name)) continue;
    throw fail(`tensor "${name}" is whole, and in shards too`);
  }
  const there = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(folder)) there.add(name);
  } catch (error) {
    throw ioError(error, `Cannot read "${folder}"`);
  }
  for (let shard = 0; shard < shardsOf(index); shard++) {
    if (there.has(shardName(shard))) continue;
    throw fail(
      `expected ${shardsOf(index)} shards, "${shardName(shard)}" is missing`,
    );
  }
}

class FolderReader implements SafetensorsReader {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  private readonly whole: SafetensorsReader;
  readonly shards: number;
  private readonly cuts: ReadonlyMap<string, RowCuts>;
  private readonly pool: OpenPool<number, SafetensorsReader>;

  constructor(name: string, { index, whole }: Parts) {
    this.name = name;
    this.whole = whole;
    this.shards = shardsOf(index);
    const { [SHARDS_KEY]: _, ...metadata } = whole.metadata;
    this.metadata = metadata;
    this.tensors = new Map([...whole.tensors, ...infosOf(index)]);
    this.cuts = new Map(
      [...index].map(([tensor, cut]) => [tensor, new RowCuts(cut)]),
    );
    this.pool = new OpenPool(
      (shard) => openShard(name, { index, shard }),
      { most: MOST_OPEN },
    );
  }

  async read(tensor: string): Promise<HostTensor> {
    const { shape } = requireTensor(this, tensor);
    return this.cuts.has(tensor)
      ? await this.readRows(tensor, { start: 0, count: shape[0]! })
      : await this.whole.read(tensor);
  }

  async readRows(tensor: string, rows: RowRange): Promise<HostTensor> {
    const { dtype, shape } = requireTensor(this, tensor);
    if (!this.cuts.has(tensor)) return await this.whole.readRows(tensor, rows);
    const host = requireHostDType(tensor, { file: this.name, dtype });
    const bytes = await this.readBytes(tensor, rows);
    return hostTensorOf(
      [rows.count, ...shape.slice(rows.axes ?? 1)],
      { dtype: host, bytes },
    );
  }

  async readBytes(
    tensor: string,
    rows?: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { shape } = requireTensor(this, tensor);
    const cuts = this.cuts.get(tensor);
    if (cuts === undefined) return await this.whole.readBytes(tensor, rows);
    const wanted = rows ?? { start: 0, count: shape[0]! };
    requireRows(tensor, wanted, { file: this.name, shape });
    const runs = cuts.runs(wanted);
    if (runs.length === 1) return await this.readRun(tensor, runs[0]!);
    // Each header is checked before anything is made to hold its rows.
    for (const { shard } of runs) await this.pool.use(shard, asOpened);
    const bytes = new Uint8Array(wanted.count * cuts.rowBytes(wanted.axes));
    let filled = 0;
    for (const run of runs) {
      const part = await this.readRun(tensor, run);
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  async digest(): Promise<string> {
    const shards = Array.from({ length: this.shards }, (_, i) => shardName(i));
    return await digestFiles(this.name, [ARTIFACT_NAME, ...shards]);
  }

  close(): void {
    this.whole.close();
    this.pool.close();
  }

  private readRun(tensor: string, { shard, ...rows }: RowRun) {
    return this.pool.use(shard, (reader) => reader.readBytes(tensor, rows));
  }
}

/** Opening checks a shard; nothing else is to be done with it. */
function asOpened(): Promise<void> {
  return Promise.resolve();
}

/** What readers say of cut tensors: bytes are counted as if all lay in one file. */
function infosOf(
  index: ShardIndex,
): readonly (readonly [string, TensorInfo])[] {
  let begin = 0;
  return [...index].map(([name, cut]) => {
    const { dtype } = cut;
    const shape = [rowsIn(cut), ...cut.shape];
    const end = begin + checkedSize([...shape, FILE_DTYPES[dtype]])!;
    const info = { dtype, shape, begin, end };
    begin = end;
    return [name, info] as const;
  });
}

/** @throws {FormatError} where a shard is not what the index says */
async function openShard(
  folder: string,
  { index, shard }: { readonly index: ShardIndex; readonly shard: number },
): Promise<SafetensorsReader> {
  const reader = await openSafetensorsFile(join(folder, shardName(shard)));
  try {
    checkShard(reader, { index, shard });
    return reader;
  } catch (error) {
    reader.close();
    throw error;
  }
}

function checkShard(
  { name: file, tensors }: SafetensorsReader,
  { index, shard }: { readonly index: ShardIndex; readonly shard: number },
): void {
  for (const name of new Set([...index.keys(), ...tensors.keys()])) {
    const cut = index.get(name);
    const found = shown(tensors.get(name));
    const expected = shown(
      cut && { ...cut, shape: [cut.rows[shard]!, ...cut.shape] },
    );
    if (found === expected) continue;
    const detail = `tensor "${name}": expected ${expected}, found ${found}`;
    throw new FormatError("IndexMismatch", { file, detail });
  }
}

function shown(tensor: Pick<TensorInfo, "dtype" | "shape"> | undefined) {
  if (tensor === undefined) return "none";
  return `${tensor.dtype} [${tensor.shape.join(", ")}]`;
}
