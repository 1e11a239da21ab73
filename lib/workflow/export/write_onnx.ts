import { join } from "node:path";
import {
  type AtomicFile,
  createAtomic,
  digestBytes,
} from "../../artifact/mod.ts";
import {
  encodePieces,
  type ExternalData,
  type OnnxModel,
  type OnnxTensor,
} from "../../engine/onnx/mod.ts";

/** Weights up to this size lie in the model's file: protobuf ends at 2 GiB. */
const INLINE_BYTES = 2 ** 31 - 2 ** 24;

/** Constants up to this size always stay in the model's file. */
const SMALL_BYTES = 1024;

/** Alignment of weights in a file of their own, for mapping it into memory. */
const PAGE_BYTES = 4096;

/** The file of weights that lie in no model's file. */
const WEIGHTS = "weights.onnx.data";

/**
 * A folder of models. Weights of those that are too large for one file go to
 * one that they share, each weight once; the other models need no second file.
 */
export class OnnxFolder {
  private readonly folder: string;
  private readonly inlineBytes: number;
  private readonly places = new Map<string, ExternalData>();
  private readonly waiting: [string, readonly Uint8Array[]][] = [];
  private weights: AtomicFile | undefined;
  private end = 0;

  constructor(
    folder: string,
    { inlineBytes = INLINE_BYTES }: { readonly inlineBytes?: number } = {},
  ) {
    this.folder = folder;
    this.inlineBytes = inlineBytes;
  }

  /**
   * Writes a model, or only its weights where they are apart.
   *
   * @throws {UserError} where a file cannot be written
   */
  async add(file: string, model: OnnxModel): Promise<void> {
    const path = join(this.folder, file);
    const bytes = model.initializers
      .reduce((sum, { data }) => sum + data.length, 0);
    if (bytes <= this.inlineBytes) {
      return await writePieces(path, encodePieces(model));
    }
    const initializers: OnnxTensor[] = [];
    for (const tensor of model.initializers) {
      const { data } = tensor;
      const isApart = data instanceof Uint8Array && data.length > SMALL_BYTES;
      initializers.push(
        isApart ? { ...tensor, data: await this.place(data) } : tensor,
      );
    }
    this.waiting.push([path, encodePieces({ ...model, initializers })]);
  }

  /**
   * Writes the models that wait for their weights.
   *
   * @throws {UserError} where a file cannot be written
   */
  async commit(): Promise<void> {
    await this.weights?.commit();
    for (const [path, pieces] of this.waiting) await writePieces(path, pieces);
  }

  /** Removes weights that no model was written for. */
  async abort(): Promise<void> {
    await this.weights?.abort();
  }

  /** Where the bytes of a weight lie, written unless they are there already. */
  private async place(data: Uint8Array): Promise<ExternalData> {
    const digest = digestBytes(data);
    const known = this.places.get(digest);
    if (known !== undefined) return known;
    this.weights ??= await createAtomic(join(this.folder, WEIGHTS));
    const offset = Math.ceil(this.end / PAGE_BYTES) * PAGE_BYTES;
    await this.weights.write(new Uint8Array(offset - this.end));
    await this.weights.write(data);
    this.end = offset + data.length;
    const place = { location: WEIGHTS, offset, length: data.length };
    this.places.set(digest, place);
    return place;
  }
}

async function writePieces(
  path: string,
  pieces: readonly Uint8Array[],
): Promise<void> {
  const file = await createAtomic(path);
  try {
    for (const piece of pieces) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
}
