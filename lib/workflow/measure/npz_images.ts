import { z } from "zod";
import {
  type ArtifactReader,
  digestFile,
  JsonError,
  type JsonRecord,
  parseJson,
  type RowRange,
  tensorBytes,
  type TensorInfo,
  UserError,
} from "../../artifact/mod.ts";
import { NPZ_MADE, type NpzFile, openNpz } from "../../interop/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";

/** Statistics that ADM's references hold, by our names for them. */
const STATISTICS = {
  "pool_3/mean": "mu",
  "pool_3/covariance": "sigma",
  "spatial/mean": "mu_s",
  "spatial/covariance": "sigma_s",
} as const;

/** The network that those are of. */
const NETWORK = "inception-2015-12-05";

/** Array of images, and of their classes where there is one. */
const IMAGES = "arr_0";
const LABELS = "arr_1";

/** How files of arrays are named. */
const NAMED = /\.npz$/i;

/**
 * Opens an archive of arrays as ADM's evaluator takes them, as an artifact:
 * samples, the statistics of a reference, or both.
 *
 * @returns undefined where the file is called otherwise
 * @throws {UserError} where it is damaged, or holds neither
 */
export async function openNpzImages(
  path: string,
): Promise<ArtifactReader | undefined> {
  if (!NAMED.test(path)) return undefined;
  const file = await openNpz(path);
  try {
    return new NpzImages(path, { file, made: await readMade(file) });
  } catch (error) {
    file.close();
    throw error;
  }
}

const FILE_DTYPES = {
  u8: "U8",
  i32: "I32",
  i64: "I32",
  f32: "F32",
  f64: "F64",
} as const;

/** Far more bytes than samples say of their making. */
const MOST_MADE_BYTES = 2 ** 24;

const RECORD = z.record(z.string(), z.unknown());

/** How samples were made, as `sample` writes it beside them. */
const MADE = z.object({
  config: z.object({
    models: RECORD.optional(),
    sampling: RECORD.optional(),
  }).default({}),
  recipe: RECORD.optional(),
  inputs: z.record(z.string(), z.string()).default({}),
});

/**
 * How images were made, where the archive says it.
 *
 * @throws {UserError} where that is not what `sample` writes
 */
async function readMade(file: NpzFile): Promise<z.infer<typeof MADE>> {
  const array = file.arrays.get(NPZ_MADE);
  if (array === undefined) return { config: {}, inputs: {} };
  const fail = (detail: string) =>
    new UserError(
      `Cannot use "${file.name}": its array ${NPZ_MADE}: ${detail}`,
    );
  const [bytes = 0] = array.shape;
  if (
    array.dtype !== "u8" || array.shape.length !== 1 || bytes > MOST_MADE_BYTES
  ) {
    throw fail(
      `expected u8 [n], n at most ${MOST_MADE_BYTES}, found ${array.dtype} ` +
        `[${array.shape}]`,
    );
  }
  const { data } = await file.read(NPZ_MADE);
  let value: unknown;
  try {
    value = parseJson(new TextDecoder().decode(data as Uint8Array));
  } catch (error) {
    if (error instanceof JsonError) throw fail(`no JSON: ${error.message}`);
    throw error;
  }
  const parsed = MADE.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail(issueLine(parsed.error, value));
}

class NpzImages implements ArtifactReader {
  readonly name: string;
  readonly kind: "samples" | "statistics";
  readonly form = undefined;
  readonly metadata = {};
  readonly config: JsonRecord;
  readonly recipe: JsonRecord | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  // Not #file: an artifact with a known digest has this one as its prototype.
  private readonly file: NpzFile;
  /** Names of arrays by those of tensors. */
  private readonly arrays: ReadonlyMap<string, string>;

  constructor(
    path: string,
    { file, made }: {
      readonly file: NpzFile;
      readonly made: z.infer<typeof MADE>;
    },
  ) {
    this.name = path;
    this.file = file;
    this.recipe = made.recipe;
    this.inputs = made.inputs;
    const images = file.arrays.get(IMAGES);
    if (images !== undefined) this.checkImages(images.shape, images.dtype);
    const [count = 0, height = 0, width = 0] = images?.shape ?? [];
    const labels = file.arrays.get(LABELS);
    const isLabelled = images !== undefined && labels?.shape.length === 1 &&
      labels.shape[0] === count && /^i/.test(labels.dtype);
    this.arrays = new Map([
      ...images === undefined ? [] : [["images", IMAGES]] as const,
      ...isLabelled ? [["labels", LABELS]] as const : [],
      ...Object.entries(STATISTICS).filter(([, array]) =>
        file.arrays.has(array)
      ),
    ]);
    if (this.arrays.size === 0) {
      const found = [...file.arrays.keys()].join(", ");
      throw new UserError(
        `Cannot use "${path}": expected images as ${IMAGES}, or statistics ` +
          `as mu and sigma, found ${found || "nothing"}`,
      );
    }
    this.kind = images === undefined ? "statistics" : "samples";
    this.sizes = images === undefined ? {} : { images: count, height, width };
    this.config = {
      ...made.config,
      ...this.arrays.has("pool_3/mean") && { form: NETWORK },
    };
    this.tensors = new Map(
      [...this.arrays].map(([name, array]) => [name, this.info(array)]),
    );
  }

  async read(tensor: string): Promise<HostTensor> {
    return await this.file.read(this.array(tensor));
  }

  async readRows(
    tensor: string,
    { start, count }: RowRange,
  ): Promise<HostTensor> {
    return await this.file.readRows(this.array(tensor), { start, count });
  }

  async readBytes(
    tensor: string,
    rows?: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = rows === undefined
      ? await this.read(tensor)
      : await this.readRows(tensor, rows);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return bytes.slice();
  }

  async readAll(): Promise<Map<string, HostTensor>> {
    const all = new Map<string, HostTensor>();
    for (const name of this.tensors.keys()) {
      all.set(name, await this.read(name));
    }
    return all;
  }

  async digest(): Promise<string> {
    return await digestFile(this.name);
  }

  close(): void {
    this.file.close();
  }

  private array(tensor: string): string {
    const array = this.arrays.get(tensor);
    if (array !== undefined) return array;
    throw new UserError(`Cannot use "${this.name}": it has no ${tensor}`);
  }

  private info(array: string): TensorInfo {
    const { dtype, shape } = this.file.arrays.get(array)!;
    const info = { dtype: FILE_DTYPES[dtype], shape, begin: 0, end: 0 };
    return { ...info, end: tensorBytes(info) };
  }

  private checkImages(shape: readonly number[], dtype: string): void {
    if (dtype === "u8" && shape.length === 4 && shape[3] === 3) return;
    throw new UserError(
      `Cannot use "${this.name}": ${IMAGES} is ${dtype} [${shape}], expected ` +
        "images u8 [n, height, width, 3]",
    );
  }
}
