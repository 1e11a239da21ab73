import { createHash } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  open,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { EngineError } from "../../../tensor/mod.ts";
import {
  type DeferredBytes,
  encodeModel,
  type ExternalData,
  type OnnxTensor,
  type PlannedModel,
  type PlannedTensor,
} from "../model.ts";
import {
  externalDataRoot,
  type FileConstant,
  type StoredModel,
} from "../runtime/backend.ts";
import { pruneCache, touch } from "./cache.ts";

/** Constants of at least this size, or made of such, are in files that are mapped. */
const FILE_BYTES = 2 ** 20;

/** Changes when the same key would give other bytes. */
const FORMAT = 1;

/**
 * Writes the large constants of models to files. Those of stored weights stay
 * in a cache for later processes; others go away with the store.
 */
export class ConstantStore {
  readonly #cache: string | undefined;
  readonly #places = new Map<string, string>();
  #temporary: Promise<string> | undefined;
  #files = 0;
  #hasNew = false;

  /** @param cache folder for constants that outlive this process, if any */
  constructor(cache: string | undefined) {
    this.#cache = cache === undefined ? undefined : resolve(cache);
  }

  /** Encodes a model, each of whose large constants is in a file. */
  async store(model: PlannedModel): Promise<StoredModel> {
    const initializers: OnnxTensor[] = [];
    const files: FileConstant[] = [];
    for (const tensor of model.initializers) {
      const path = await this.#pathOf(tensor);
      if (path === undefined) {
        initializers.push({ ...tensor, data: await inlineData(tensor) });
        continue;
      }
      const { name, type, shape, data: { length } } = tensor;
      // Absolute on every system, but for the root.
      const location = relative(externalDataRoot(), path).replaceAll("\\", "/");
      const data = { location, offset: 0, length };
      initializers.push({ name, type, shape, data });
      files.push({ name, type, shape, path });
    }
    return {
      model: encodeModel({ ...model, initializers }),
      files,
      ends: {
        inputs: model.inputs.map(({ name }) => name),
        outputs: model.outputs.map(({ name }) => name),
      },
    };
  }

  /** Deletes what no other process can use; no session may be open. */
  async close(): Promise<void> {
    const temporary = await this.#temporary?.catch(() => undefined);
    if (temporary !== undefined) {
      await rm(temporary, { recursive: true, force: true });
    }
    if (this.#cache !== undefined && this.#hasNew) {
      await pruneCache(this.#cache);
    }
  }

  /** The file of a large constant. */
  async #pathOf({ data }: PlannedTensor): Promise<string | undefined> {
    if ("location" in data) return undefined;
    if (data instanceof Uint8Array) {
      return data.length < FILE_BYTES ? undefined : await this.#write(data);
    }
    if (data.weightBytes < FILE_BYTES) return undefined;
    let path = this.#places.get(data.key);
    if (path !== undefined) return path;
    const isCached = data.isStored && this.#cache !== undefined;
    path = isCached
      ? await this.#cached(this.#cache!, data)
      : await this.#write(await data.make());
    this.#places.set(data.key, path);
    return path;
  }

  async #cached(folder: string, data: DeferredBytes): Promise<string> {
    const path = join(folder, fileName(data.key));
    if (await hasSize(path, data.length)) {
      await touch(path);
      return path;
    }
    const bytes = await data.make();
    try {
      await mkdir(folder, { recursive: true });
      await writeWhole(path, bytes);
      this.#hasNew = true;
      return path;
    } catch {
      // Without a cache the next process makes it again.
      return await this.#write(bytes);
    }
  }

  /**
   * Writes a file that goes away with the store.
   *
   * @throws {EngineError} where it cannot be written
   */
  async #write(bytes: Uint8Array): Promise<string> {
    try {
      this.#temporary ??= mkdtemp(join(tmpdir(), "spherear-"));
      const path = join(await this.#temporary, `${this.#files++}.bin`);
      await writeFile(path, bytes);
      return path;
    } catch (error) {
      throw new EngineError(
        `Cannot write ${bytes.length} bytes of weights to the temporary ` +
          `folder (TMPDIR): ${(error as Error).message}`,
      );
    }
  }
}

/** Writes a file that appears whole or not at all, also when power is lost. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    const file = await open(part, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function inlineData(
  { data }: PlannedTensor,
): Promise<Uint8Array | ExternalData> {
  return "make" in data ? await data.make() : data;
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
