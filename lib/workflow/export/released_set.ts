import type { ArtifactReader, RowRange } from "../../artifact/mod.ts";
import type { StoredTensor, WeightSet } from "../../interop/mod.ts";
import {
  type ArConfig,
  arShapes,
  checkArConfig,
  type ComputedTable,
  vaeShapes,
  vaeTables,
} from "../../model/mod.ts";
import {
  AR_CONFIG,
  arFile,
  type ModelFile,
  readConfig,
  readVaeConfig,
  requireWeights,
  VAE_PREFIX,
  vaeFile,
} from "../models/mod.ts";

/** Both halves of what is exported; each may be missing. */
export interface Halves {
  readonly ar?: ArtifactReader | undefined;
  readonly svae?: ArtifactReader | undefined;
}

/** A tensor and where its bytes come from. */
interface Released extends StoredTensor {
  read(rows: RowRange): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Weights under the release's names and in its order: the VAE with its tables
 * of angles, then the AR model. Logs of a training stay behind.
 *
 * @throws {UserError} where sizes or tensors do not fit a model
 */
export function releasedSet({ ar, svae }: Halves): WeightSet {
  const tensors = new Map<string, Released>();
  if (svae !== undefined) {
    const file = vaeFile(svae);
    const config = readVaeConfig(file);
    const shapes = vaeShapes(config);
    const tables = vaeTables(config);
    requireWeights(file, { shapes, tables });
    for (const [name, table] of Object.entries(tables)) {
      tensors.set(VAE_PREFIX + name, storedOrMade(file, { name, table }));
    }
    for (const [name, shape] of Object.entries(shapes)) {
      tensors.set(VAE_PREFIX + name, stored(file, { name, shape }));
    }
  }
  if (ar !== undefined) {
    const config = readConfig<ArConfig>(ar, AR_CONFIG, checkArConfig);
    const shapes = arShapes(config);
    requireWeights(arFile(ar), { shapes });
    for (const [name, shape] of Object.entries(shapes)) {
      tensors.set(name, stored(ar, { name, shape }));
    }
  }
  return { tensors, readRows: (name, rows) => tensors.get(name)!.read(rows) };
}

function stored(
  file: ModelFile,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
): Released {
  return { dtype: "F32", shape, read: (rows) => file.readBytes(name, rows) };
}

/** A table as the file has it, which imported ones do, else a computed one. */
function storedOrMade(
  file: ModelFile,
  { name, table }: { readonly name: string; readonly table: ComputedTable },
): Released {
  const { shape } = table;
  if (file.tensors.has(name)) return stored(file, { name, shape });
  const { data } = table.values();
  const inner = data.length / shape[0]!;
  return {
    dtype: "F32",
    shape,
    read({ start, count }) {
      const rows = data.slice(start * inner, (start + count) * inner);
      return Promise.resolve(new Uint8Array(rows.buffer as ArrayBuffer));
    },
  };
}
