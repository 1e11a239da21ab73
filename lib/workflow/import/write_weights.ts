import {
  type ArtifactKind,
  createArtifact,
  firstNonFinite,
  type JsonRecord,
  type TensorSpec,
  UserError,
} from "../../artifact/mod.ts";
import {
  rowPieces,
  type StoredTensor,
  toFloat32,
  type WeightSet,
} from "../../interop/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { hostTensor, sizeOf } from "../../tensor/mod.ts";

/** Version of what import writes: raised when a file would give other bytes. */
export const IMPORT_VERSION = 1;

/** The surroundings of an import. */
export type ImportTools = Pick<CommandContext, "log" | "progress" | "signal">;

/** A tensor to take: where it is, and what it is called in the artifact. */
export interface Taken {
  /** Path of its file, for messages. */
  readonly file: string;
  readonly set: WeightSet;
  /** Its name there. */
  readonly name: string;
  readonly stored: string;
}

/** What an artifact of weights is to hold. */
export interface Weights {
  readonly kind: ArtifactKind;
  readonly config: JsonRecord;
  /** What was asked for, for the recipe. */
  readonly options: JsonRecord;
  /** Digests of the files that the weights are from. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly tensors: readonly Taken[];
}

/**
 * Writes taken tensors as float32 to an artifact, piece by piece.
 *
 * @throws {UserError} where it cannot be written, or tensors not read
 */
export async function writeWeights(
  path: string,
  { kind, config, options, inputs, tensors }: Weights,
  { progress, signal }: ImportTools,
): Promise<void> {
  const specs = tensors.map(({ set, name, stored }) => {
    const { shape } = set.tensors.get(name)!;
    const spec: TensorSpec = { dtype: "F32", shape };
    return [stored, spec] as const;
  });
  const writer = await createArtifact(path, {
    kind,
    tensors: Object.fromEntries(specs),
    config,
    recipe: { stage: "import", version: IMPORT_VERSION, options },
    inputs,
  });
  const total = tensors.length;
  const task = progress.start({ total, unit: "tensor" });
  try {
    for (const { file, set, name, stored } of tensors) {
      const tensor = set.tensors.get(name)!;
      for (const rows of rowPieces(tensor)) {
        signal.throwIfAborted();
        const bytes = await set.readRows(name, rows);
        const data = toFloat32(bytes, tensor.dtype);
        const { start } = rows;
        assertWeights(data, { file, name, tensor, start });
        await writer.writeRows(stored, { start, data });
      }
      task.advance();
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    task.finish();
  }
}

/** @throws {UserError} where a weight is NaN or infinite, or too large for float32 */
export function assertWeights(
  data: Float32Array<ArrayBuffer>,
  { file, name, tensor: { dtype, shape }, start }: {
    readonly file: string;
    readonly name: string;
    readonly tensor: StoredTensor;
    readonly start: number;
  },
): void {
  const piece = hostTensor("f32", [data.length], data);
  const index = firstNonFinite(piece);
  if (index < 0) return;
  const place = start * sizeOf(shape.slice(1)) + index;
  const as = dtype === "F64" ? " as float32" : "";
  throw new UserError(
    `Cannot import "${file}": tensor "${name}" holds ${data[index]}${as} at ` +
      `element ${place} of ${sizeOf(shape)}, expected finite numbers`,
  );
}
