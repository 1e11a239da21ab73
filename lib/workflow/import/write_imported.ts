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
  type WeightFile,
  type WeightSet,
} from "../../interop/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { hostTensor, sizeOf } from "../../tensor/mod.ts";
import { VAE_PREFIX } from "../models/mod.ts";
import type { Contents } from "./contents.ts";

/** Version of what import writes: raised when a file would give other bytes. */
const VERSION = 1;

/** The surroundings of an import. */
export type ImportTools = Pick<CommandContext, "log" | "progress" | "signal">;

/** What to write. */
interface Imported extends ImportTools {
  readonly file: WeightFile;
  /** Tensors to take, by the release's names. */
  readonly set: WeightSet;
  readonly contents: Contents;
  /** What was asked for, for the recipe. */
  readonly options: JsonRecord;
}

/**
 * Writes taken tensors as float32 to an artifact, piece by piece.
 *
 * @returns its kind
 * @throws {UserError} where it cannot be written, or tensors not read
 */
export async function writeImported(
  path: string,
  { file, set, contents, options, progress, signal }: Imported,
): Promise<ArtifactKind> {
  const kind = kindOf(contents);
  const names = new Map(
    [...set.tensors.keys()].map((name) => [name, storedName(name, kind)]),
  );
  const specs = [...set.tensors].map(([name, { shape }]) => {
    const spec: TensorSpec = { dtype: "F32", shape };
    return [names.get(name)!, spec] as const;
  });
  const writer = await createArtifact(path, {
    kind,
    tensors: Object.fromEntries(specs),
    config: configOf(contents),
    recipe: { stage: "import", version: VERSION, options },
    inputs: { weights: await file.digest() },
  });
  const total = set.tensors.size;
  const task = progress.start({ label: "import", total, unit: "tensor" });
  try {
    for (const [name, tensor] of set.tensors) {
      for (const rows of rowPieces(tensor)) {
        signal.throwIfAborted();
        const bytes = await set.readRows(name, rows);
        const data = toFloat32(bytes, tensor.dtype);
        const { start } = rows;
        assertWeights(data, { file: file.name, name, tensor, start });
        await writer.writeRows(names.get(name)!, { start, data });
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
  return kind;
}

/** @throws {UserError} where a weight is NaN or infinite, or too large for float32 */
function assertWeights(
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

function kindOf({ ar, vae }: Contents): ArtifactKind {
  if (ar === undefined) return "svae";
  return vae === undefined ? "ar" : "model";
}

/** An S-VAE alone has its own names, without the release's prefix. */
function storedName(name: string, kind: ArtifactKind): string {
  return kind === "svae" ? name.slice(VAE_PREFIX.length) : name;
}

/** Sizes as artifacts hold them; classes are called by their numbers. */
function configOf({ ar, vae }: Contents): JsonRecord {
  if (ar === undefined) return { ...vae };
  const classes = Array.from(
    { length: ar.num_classes },
    (_, label) => String(label),
  );
  return { ...ar, ...vae && { vae }, classes };
}
