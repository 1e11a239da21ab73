import {
  type ArtifactKind,
  asArtifact,
  type JsonRecord,
  kindRule,
  type SafetensorsReader,
  tensorBytes,
} from "../../artifact/mod.ts";

/** One tensor of a file. */
export interface TensorLine {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What is known of a safetensors file without reading its numbers. */
export interface Explanation {
  readonly file: string;
  /** The kind, or `null` for safetensors files that are no artifacts. */
  readonly kind: ArtifactKind | null;
  readonly summary: string;
  readonly config?: JsonRecord;
  readonly recipe?: JsonRecord;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Metadata of a file that is no artifact. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Elements of all tensors. */
  readonly elements: number;
  readonly bytes: number;
  /** How many files hold the tensors of a folder. */
  readonly shards?: number;
  readonly tensors: readonly TensorLine[];
}

/**
 * Explains an opened file.
 *
 * @throws {UserError} where it says it is an artifact but does not fit its kind
 */
export function explain(reader: SafetensorsReader): Explanation {
  const tensors = [...reader.tensors].map(([name, info]) => {
    const { dtype, shape } = info;
    return { name, dtype, shape, bytes: tensorBytes(info) };
  });
  const totals = {
    elements: tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    ...reader.shards && { shards: reader.shards },
  };
  const file = reader.name;
  if (reader.metadata.kind === undefined) {
    const summary = "Safetensors file that is no artifact of this tool";
    const { metadata } = reader;
    return { file, kind: null, summary, metadata, ...totals, tensors };
  }
  const { kind, config, recipe, inputs } = asArtifact(reader);
  const { summary } = kindRule(kind);
  return {
    file,
    kind,
    summary,
    config,
    ...(recipe && { recipe }),
    inputs,
    ...totals,
    tensors,
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
