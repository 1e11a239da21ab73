import { checkedSize, type FileDType, isFileDType } from "./dtype.ts";
import { FormatError } from "./format_error.ts";
import {
  type JsonMap,
  type JsonValue,
  parseStrictJson,
} from "./strict_json.ts";

/** The file of a folder that says what the folder is. */
export const ARTIFACT_NAME = "artifact.safetensors";

/** Names of the files that a folder may hold. */
export const FOLDER_FILES = /^(artifact|shard-\d{5,})\.safetensors$/;

/** Key of the metadata that says what lies in shards. */
export const SHARDS_KEY = "shards";

/** A tensor whose first axis is cut into shards. */
export interface CutTensor {
  /** Element type as files name it. */
  readonly dtype: FileDType;
  /** Sizes of all axes but the first. */
  readonly shape: readonly number[];
  /** Entries of the first axis in each shard. */
  readonly rows: readonly number[];
}

/** Cut tensors by name; all have the same number of shards. */
export type ShardIndex = ReadonlyMap<string, CutTensor>;

/** File name of a shard by its number. */
export function shardName(shard: number): string {
  return `shard-${`${shard}`.padStart(5, "0")}.safetensors`;
}

/** How many shards there are. */
export function shardsOf(index: ShardIndex): number {
  const [first] = index.values();
  return first?.rows.length ?? 0;
}

/** Entries of a cut tensor's first axis in all shards. */
export function rowsIn({ rows }: CutTensor): number {
  return rows.reduce((sum, count) => sum + count, 0);
}

/** An index as the metadata holds it; equal ones give equal texts. */
export function shardIndexText(index: ShardIndex): string {
  const names = [...index.keys()].sort();
  const entries = names.map((name) => {
    const { dtype, shape, rows } = index.get(name)!;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, rows })}`;
  });
  return `{${entries.join(",")}}`;
}

/**
 * Reads what the metadata says of shards.
 *
 * @throws {FormatError} IndexMismatch, naming the file and the tensor
 */
export function parseShardIndex(text: string, file: string): ShardIndex {
  const fail = (detail: string) =>
    new FormatError("IndexMismatch", {
      file,
      detail: `metadata "${SHARDS_KEY}": ${detail}`,
    });
  let value: JsonValue;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
  if (!(value instanceof Map)) throw fail("expected an object");
  const index = new Map<string, CutTensor>();
  for (const [name, entry] of value as JsonMap) {
    const cut = cutTensor(entry);
    if (typeof cut === "string") throw fail(`tensor "${name}": ${cut}`);
    index.set(name, cut);
  }
  const counts = new Set([...index.values()].map(({ rows }) => rows.length));
  if (counts.size > 1) {
    throw fail(`expected as many shards of each, found ${[...counts]}`);
  }
  return index;
}

/** A tensor of an index; what is wrong with it, in words, where it is none. */
function cutTensor(entry: JsonValue): CutTensor | string {
  if (!(entry instanceof Map)) return "expected an object";
  const { dtype, shape, rows } = Object.fromEntries(entry as JsonMap);
  if (!isFileDType(dtype)) {
    return `expected an element type, found ${JSON.stringify(dtype)}`;
  }
  if (!isCounts(shape)) return "expected a shape of whole numbers";
  if (!isCounts(rows)) return "expected rows of each shard, whole numbers";
  const cut = { dtype, shape, rows };
  const size = checkedSize([rowsIn(cut), ...shape, 8]);
  return size === undefined ? "it has more numbers than can be counted" : cut;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) &&
    value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
