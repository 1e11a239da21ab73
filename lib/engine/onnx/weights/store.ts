import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import {
  type DeferredBytes,
  encodeModel,
  type ExternalData,
  type OnnxTensor,
  type PlannedModel,
  type PlannedTensor,
} from "../model.ts";
import { externalDataRoot, type SessionEnds } from "../runtime/backend.ts";
import { pruneCache, touch } from "./cache.ts";

/** Constants of at least this size lie in files, which sessions map. */
const FILE_BYTES = 2 ** 20;

/** Changes when the same key would give other bytes. */
const FORMAT = 1;

/** A model that a session can load; its large constants are in files. */
export interface StoredModel {
  readonly source: Uint8Array<ArrayBuffer>;
  readonly ends: SessionEnds;
}

/**
 * Writes the large constants of models to files. Those of stored weights stay
 * in a cache for later processes; others go away with the store.
 */
export class ConstantStore {
  readonly #cache: string | undefined;
  readonly #places = new Map<string, string>();
  #temporary: string | undefined;
  #files = 0;
  #hasNew = false;

  /** @param cache folder for constants that outlive this process, if any */
  constructor(cache: string | undefined) {
    this.#cache = cache === undefined ? undefined : resolve(cache);
  }

  /** Encodes a model, each of whose large constants is in a file. */
  async store(model: PlannedModel): Promise<StoredModel> {
    const initializers: OnnxTensor[] = [];
    for (const tensor of model.initializers) {
      initializers.push({ ...tensor, data: await this.#place(tensor) });
    }
    return {
      source: encodeModel({ ...model, initializers }),
      ends: {
        inputs: model.inputs.map(({ name }) => name),
        outputs: model.outputs.map(({ name }) => name),
      },
    };
  }

  /** Deletes what no other process can use; no session may be open. */
  async close(): Promise<void> {
    if (this.#temporary !== undefined) {
      await rm(this.#temporary, { recursive: true, force: true });
    }
    if (this.#cache !== undefined && this.#hasNew) {
      await pruneCache(this.#cache);
    }
  }

  async #place({ data }: PlannedTensor): Promise<Uint8Array | ExternalData> {
    if ("location" in data) return data;
    const { length } = data;
    if (length < FILE_BYTES) {
      return data instanceof Uint8Array ? data : await data.make();
    }
    const path = data instanceof Uint8Array
      ? await this.#write(await this.#temporaryPath(), data)
      : await this.#pathOf(data);
    const location = relative(externalDataRoot(), path).replaceAll("\\", "/");
    return { location, offset: 0, length };
  }

  async #pathOf(data: DeferredBytes): Promise<string> {
    const known = this.#places.get(data.key);
    if (known !== undefined) return known;
    const isCached = data.isStored && this.#cache !== undefined;
    const path = isCached
      ? join(this.#cache!, fileName(data.key))
      : await this.#temporaryPath();
    if (!isCached) await this.#write(path, await data.make());
    else if (await hasSize(path, data.length)) await touch(path);
    else {
      await mkdir(this.#cache!, { recursive: true });
      await this.#write(path, await data.make());
      this.#hasNew = true;
    }
    this.#places.set(data.key, path);
    return path;
  }

  async #temporaryPath(): Promise<string> {
    this.#temporary ??= await mkdtemp(join(tmpdir(), "spherear-"));
    return join(this.#temporary, `${this.#files++}.bin`);
  }

  /** The file appears whole or not at all. */
  async #write(path: string, bytes: Uint8Array): Promise<string> {
    const part = `${path}.${crypto.randomUUID()}.part`;
    const file = await open(part, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    return path;
  }
}

function fileName(key: string): string {
  const hash = createHash("sha256").update(`${FORMAT} ${key}`).digest("hex");
  return `${hash}.bin`;
}

async function hasSize(path: string, size: number): Promise<boolean> {
  try {
    return (await stat(path)).size === size;
  } catch {
    return false;
  }
}
