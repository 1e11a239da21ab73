import { isAbsolute, join, normalize } from "node:path";
import type { HostTensor } from "../tensor/host_tensor.ts";
import { FormatError } from "./format_error.ts";
import type { TensorInfo } from "./header.ts";
import { exists, readTextFile } from "./files.ts";
import { openArtifactFolder } from "./folder_reader.ts";
import {
  openSafetensorsFile,
  requireTensor,
  type RowRange,
  type SafetensorsReader,
} from "./safetensors_reader.ts";
import { ARTIFACT_NAME } from "./shard_index.ts";
import { digestBytes, digestFile } from "./source.ts";
import {
  type JsonMap,
  type JsonValue,
  parseStrictJson,
} from "./strict_json.ts";
import { ioError, UserError } from "./user_error.ts";

/** Name of the file that says which shard holds which tensor. */
export const INDEX_NAME = "model.safetensors.index.json";

const MAX_INDEX_BYTES = 100_000_000;

/**
 * Opens a safetensors file, or a folder: of an artifact in shards, or of whole
 * tensors with an index.
 *
 * @throws {UserError} when something cannot be read
 * @throws {FormatError} when a file or the index is malformed
 */
export async function openSafetensors(
  path: string,
): Promise<SafetensorsReader> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (isDirectory) return await openFolder(path);
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
  return await openSafetensorsFile(path);
}

async function openFolder(folder: string): Promise<SafetensorsReader> {
  if (await exists(join(folder, ARTIFACT_NAME))) {
    return await openArtifactFolder(folder);
  }
  const index = join(folder, INDEX_NAME);
  if (!await exists(index)) {
    throw new UserError(
      `Cannot read "${folder}": expected a file "${ARTIFACT_NAME}" or ` +
        `"${INDEX_NAME}" in it, found neither`,
    );
  }
  const text = await readTextFile(index, { maxBytes: MAX_INDEX_BYTES });
  const { weightMap, metadata } = parseIndex(text, index);
  const shards = new Map<string, SafetensorsReader>();
  try {
    for (const file of new Set(weightMap.values())) {
      shards.set(file, await openSafetensorsFile(join(folder, file)));
    }
    checkShards(weightMap, { index, shards });
    return new ShardedReader(folder, { weightMap, shards, metadata });
  } catch (error) {
    for (const shard of shards.values()) shard.close();
    throw error;
  }
}

interface Index {
  readonly weightMap: ReadonlyMap<string, string>;
  readonly metadata: Readonly<Record<string, string>>;
}

function parseIndex(text: string, file: string): Index {
  const fail = (detail: string) =>
    new FormatError("IndexMismatch", { file, detail });
  let index: JsonValue;
  try {
    index = parseStrictJson(text);
  } catch (error) {
    throw fail((error as Error).message);
  }
  const map = index instanceof Map ? index.get("weight_map") : undefined;
  if (!(map instanceof Map)) throw fail('expected an object "weight_map"');
  for (const [name, shard] of map as JsonMap) {
    const plain = typeof shard === "string" && !isAbsolute(shard) &&
      shard === normalize(shard) && !/^\.\.?$|[/\\]/.test(shard);
    if (plain) continue;
    const found = shard instanceof Map ? "an object" : JSON.stringify(shard);
    throw fail(`tensor "${name}": expected a file name, found ${found}`);
  }
  const weightMap = map as ReadonlyMap<string, string>;
  return { weightMap, metadata: stringsOf((index as JsonMap).get("metadata")) };
}

function stringsOf(value: JsonValue | undefined): Record<string, string> {
  if (!(value instanceof Map)) return {};
  const strings = [...value as JsonMap].filter(([, text]) =>
    typeof text === "string"
  );
  return Object.fromEntries(strings) as Record<string, string>;
}

function checkShards(
  weightMap: ReadonlyMap<string, string>,
  { index, shards }: {
    index: string;
    shards: ReadonlyMap<string, SafetensorsReader>;
  },
): void {
  const fail = (detail: string) =>
    new FormatError("IndexMismatch", { file: index, detail });
  for (const [tensor, file] of weightMap) {
    if (!shards.get(file)!.tensors.has(tensor)) {
      throw fail(`expected tensor "${tensor}" in "${file}", found none`);
    }
  }
  for (const [file, shard] of shards) {
    for (const tensor of shard.tensors.keys()) {
      if (weightMap.get(tensor) === file) continue;
      const place = weightMap.get(tensor) ?? "nowhere";
      throw fail(`tensor "${tensor}" of "${file}" is expected in "${place}"`);
    }
  }
}

class ShardedReader implements SafetensorsReader {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  private readonly files: ReadonlyMap<string, SafetensorsReader>;
  private readonly weightMap: ReadonlyMap<string, string>;

  constructor(
    name: string,
    { weightMap, shards, metadata }: Index & {
      shards: ReadonlyMap<string, SafetensorsReader>;
    },
  ) {
    this.name = name;
    this.files = shards;
    this.weightMap = weightMap;
    const readers = [...shards.values()];
    this.tensors = new Map(readers.flatMap(({ tensors }) => [...tensors]));
    const parts = readers.map((reader) => reader.metadata);
    this.metadata = Object.assign({}, ...parts, metadata);
  }

  get shards(): number {
    return this.files.size;
  }

  read(tensor: string): Promise<HostTensor> {
    return this.shardOf(tensor).read(tensor);
  }

  readRows(tensor: string, rows: RowRange): Promise<HostTensor> {
    return this.shardOf(tensor).readRows(tensor, rows);
  }

  readBytes(
    tensor: string,
    rows?: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.shardOf(tensor).readBytes(tensor, rows);
  }

  async digest(): Promise<string> {
    const index = join(this.name, INDEX_NAME);
    const lines = [`${INDEX_NAME} ${await digestFile(index)}`];
    for (const file of [...this.files.keys()].sort()) {
      lines.push(`${file} ${await this.files.get(file)!.digest()}`);
    }
    return digestBytes(lines.join("\n"));
  }

  close(): void {
    for (const shard of this.files.values()) shard.close();
  }

  private shardOf(tensor: string): SafetensorsReader {
    requireTensor(this, tensor);
    return this.files.get(this.weightMap.get(tensor)!)!;
  }
}
