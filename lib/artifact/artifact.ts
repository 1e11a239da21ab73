import { dirname } from "node:path";
import type { HostTensor } from "../tensor/host_tensor.ts";
import { canonicalJson } from "./canonical_json.ts";
import { checkForm, checkTensors } from "./check_tensors.ts";
import { assertFinite } from "./finite.ts";
import { TO_FILE_DTYPE } from "./dtype.ts";
import type { TensorInfo } from "./header.ts";
import { ARTIFACT_KINDS, type ArtifactKind, FORMAT_VERSION } from "./kinds.ts";
import type { RowRange, SafetensorsReader } from "./safetensors_reader.ts";
import {
  createSafetensors,
  type FileContents,
  type SafetensorsWriter,
  type TensorSpec,
  type WritableTensor,
  writeSafetensors,
  type WriteTarget,
} from "./safetensors_writer.ts";
import { openPlace } from "./place.ts";
import { rowsIn, shardIndexText, SHARDS_KEY } from "./shard_index.ts";
import { openSafetensors } from "./sharded_reader.ts";
import { createShards, type ShardedWriter } from "./sharded_writer.ts";
import { JsonError, parseJson } from "./strict_json.ts";
import { UserError } from "./user_error.ts";

/** A JSON object whose values are yet to be checked. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What an artifact says of itself, besides its tensors. */
export interface ArtifactMetadata {
  /** Configuration of what is inside: model sizes, class names and so on. */
  readonly config: JsonRecord;
  /** How it was made: stage, version, options, seed, engine. */
  readonly recipe?: JsonRecord;
  /** SHA-256 of each input by the input's name. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** An artifact to write. */
export interface ArtifactContents<T extends TensorSpec = WritableTensor>
  extends ArtifactMetadata {
  /** What it is. */
  readonly kind: ArtifactKind;
  /** Tensors by name. */
  readonly tensors: Readonly<Record<string, T>>;
}

/** An opened artifact: validated, tensors read on request. */
export interface ArtifactReader extends SafetensorsReader {
  /** What it is. */
  readonly kind: ArtifactKind;
  /** Which of its kind's forms it has; undefined where these have no names. */
  readonly form: string | undefined;
  /** The configuration of what is inside. */
  readonly config: JsonRecord;
  /** How it was made, where that is known. */
  readonly recipe: JsonRecord | undefined;
  /** SHA-256 of each input by the input's name. */
  readonly inputs: Readonly<Record<string, string>>;
  /**
   * Names of the files that it is made of, where it is a folder of others: a
   * change of these alone changes it.
   */
  readonly files?: readonly string[];
  /** Sizes of the words in the kind's shapes, such as `images` or `width`. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Every tensor; @throws {UserError} where a number is not finite. */
  readAll(): Promise<Map<string, HostTensor>>;
}

/**
 * Opens an artifact and validates kind, version, tensors and metadata.
 *
 * @throws {UserError} naming the file, what was expected and what was found
 */
export async function openArtifact(
  path: string,
  kind?: ArtifactKind,
): Promise<ArtifactReader> {
  const reader = await openSafetensors(path);
  try {
    return asArtifact(reader, kind);
  } catch (error) {
    reader.close();
    throw error;
  }
}

/**
 * Takes an opened safetensors file as an artifact, validating it.
 *
 * @throws {UserError} naming the file, what was expected and what was found
 */
export function asArtifact(
  reader: SafetensorsReader,
  kind?: ArtifactKind,
): ArtifactReader {
  return new ArtifactFile(reader, kind);
}

/** The same artifact, whose digest is known: asking for it reads nothing. */
export function withDigest(
  reader: ArtifactReader,
  digest: string,
): ArtifactReader {
  const known = { value: () => Promise.resolve(digest) };
  return Object.create(reader, { digest: known });
}

/**
 * Writes an artifact; it appears whole or not at all.
 *
 * @throws {UserError} when the target cannot be written
 * @throws {TypeError} when the tensors do not fit the kind
 */
export async function writeArtifact(
  target: WriteTarget,
  contents: ArtifactContents,
): Promise<void> {
  const file = fileContents(contents);
  const place = await openPlace(target);
  try {
    await writeSafetensors(place.target, file);
    await place.commit();
  } catch (error) {
    await place.abort();
    throw error;
  }
}

/**
 * Starts an artifact whose tensors come in pieces.
 *
 * @throws {UserError} when the target cannot be written
 * @throws {TypeError} when the declared tensors do not fit the kind
 */
export async function createArtifact(
  target: WriteTarget,
  contents: ArtifactContents<TensorSpec>,
): Promise<SafetensorsWriter> {
  const file = fileContents(contents);
  const place = await openPlace(target);
  const writer = await createSafetensors(place.target, file)
    .catch(async (error) => {
      await place.abort();
      throw error;
    });
  return {
    order: writer.order,
    writeRows: (name, rows) => writer.writeRows(name, rows),
    async commit() {
      await writer.commit();
      await place.commit();
    },
    async abort() {
      await writer.abort();
      await place.abort();
    },
  };
}

/**
 * Starts a folder whose files hold the rows of an artifact. The tensors of the
 * contents are those that are not cut.
 *
 * @throws {UserError} when the folder cannot be written
 */
export async function createSharded(
  path: string,
  contents: ArtifactContents,
): Promise<ShardedWriter> {
  return await createShards(path, (index) => {
    const cut = [...index].map(([name, tensor]) => {
      const { dtype, shape } = tensor;
      return [name, { dtype, shape: [rowsIn(tensor), ...shape] }] as const;
    });
    const { tensors } = contents;
    const all = { ...tensors, ...Object.fromEntries(cut) };
    const { metadata } = fileContents({ ...contents, tensors: all });
    const shards = { [SHARDS_KEY]: shardIndexText(index) };
    return { tensors, metadata: { ...metadata, ...shards } };
  });
}

function fileContents<T extends TensorSpec>(
  { kind, tensors, config, recipe, inputs }: ArtifactContents<T>,
): FileContents<T> {
  const infos = Object.entries(tensors).map(([name, { dtype, shape }]) => {
    const stored = TO_FILE_DTYPE[dtype as HostTensor["dtype"]] ?? dtype;
    return [name, { dtype: stored, shape }] as const;
  });
  const file = `the ${kind} to write`;
  const form = checkForm(config, { kind, file });
  checkTensors(new Map(infos), { kind, form, file });
  const metadata = {
    kind,
    format: FORMAT_VERSION,
    config: canonicalJson(config),
    ...(recipe && { recipe: canonicalJson(recipe) }),
    ...(inputs && { inputs: canonicalJson(inputs) }),
  };
  return { tensors, metadata };
}

class ArtifactFile implements ArtifactReader {
  readonly kind: ArtifactKind;
  readonly form: string | undefined;
  readonly config: JsonRecord;
  readonly recipe: JsonRecord | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number>>;
  private readonly reader: SafetensorsReader;

  constructor(reader: SafetensorsReader, expected?: ArtifactKind) {
    this.reader = reader;
    const file = reader.name;
    this.kind = checkKind(reader, expected);
    if (reader.metadata[SHARDS_KEY] !== undefined) {
      throw new UserError(
        `Cannot use "${file}": its rows lie in shards beside it: give the ` +
          `folder, "${dirname(file)}/"`,
      );
    }
    this.config = jsonRecord(reader, "config") ?? missing(file, "config");
    this.recipe = jsonRecord(reader, "recipe");
    const inputs = jsonRecord(reader, "inputs") ?? {};
    this.inputs = checkDigests(inputs, file);
    const { kind } = this;
    this.form = checkForm(this.config, { kind, file });
    this.sizes = checkTensors(reader.tensors, { kind, form: this.form, file });
  }

  get name(): string {
    return this.reader.name;
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.reader.metadata;
  }

  get tensors(): ReadonlyMap<string, TensorInfo> {
    return this.reader.tensors;
  }

  read(tensor: string): Promise<HostTensor> {
    return this.reader.read(tensor);
  }

  readRows(tensor: string, rows: RowRange): Promise<HostTensor> {
    return this.reader.readRows(tensor, rows);
  }

  readBytes(
    tensor: string,
    rows?: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.reader.readBytes(tensor, rows);
  }

  digest(): Promise<string> {
    return this.reader.digest();
  }

  close(): void {
    this.reader.close();
  }

  async readAll(): Promise<Map<string, HostTensor>> {
    const all = new Map<string, HostTensor>();
    for (const name of this.tensors.keys()) {
      const tensor = await this.read(name);
      assertFinite(tensor, { name, file: this.name });
      all.set(name, tensor);
    }
    return all;
  }
}

function checkKind(
  { name: file, metadata }: SafetensorsReader,
  expected: ArtifactKind | undefined,
): ArtifactKind {
  const { kind, format } = metadata;
  const wanted = expected ?? `one of ${ARTIFACT_KINDS.join(", ")}`;
  if (kind === undefined) {
    throw new UserError(
      `Cannot use "${file}": it is no artifact: expected metadata "kind" to ` +
        `be ${wanted}, found none`,
    );
  }
  const known = ARTIFACT_KINDS.find((name) => name === kind);
  if (known === undefined || (expected ?? known) !== known) {
    throw new UserError(
      `Cannot use "${file}": expected kind ${wanted}, found ` +
        JSON.stringify(kind),
    );
  }
  if (format !== FORMAT_VERSION) {
    throw new UserError(
      `Cannot use "${file}": expected format "${FORMAT_VERSION}", found ` +
        (format === undefined ? "none" : JSON.stringify(format)),
    );
  }
  return known;
}

function missing(file: string, key: string): never {
  throw new UserError(`Cannot use "${file}": metadata "${key}" is missing`);
}

function jsonRecord(
  { name: file, metadata }: SafetensorsReader,
  key: string,
): JsonRecord | undefined {
  const text = metadata[key];
  if (text === undefined) return undefined;
  const fail = (detail: string) =>
    new UserError(`Cannot use "${file}": metadata "${key}": ${detail}`);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) {
      throw fail(`it is no JSON: ${error.message}`);
    }
    throw error;
  }
  const plain = typeof value === "object" && value !== null;
  if (plain && !Array.isArray(value)) return value as JsonRecord;
  throw fail(
    `expected a JSON object, found ${JSON.stringify(text.slice(0, 60))}`,
  );
}

function checkDigests(
  inputs: JsonRecord,
  file: string,
): Readonly<Record<string, string>> {
  for (const [name, digest] of Object.entries(inputs)) {
    if (typeof digest === "string") continue;
    throw new UserError(
      `Cannot use "${file}": metadata "inputs": expected a digest for ` +
        `"${name}", found ${JSON.stringify(digest)}`,
    );
  }
  return inputs as Readonly<Record<string, string>>;
}
