import {
  type ArtifactKind,
  type ArtifactReader,
  asArtifact,
  type JsonRecord,
  kindRule,
  type SafetensorsReader,
  tensorBytes,
} from "../../artifact/mod.ts";
import { type ContainerState, containerStates } from "../sets/mod.ts";

/** One tensor of a file. */
export interface TensorLine {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** A container of an index of images. */
export interface ContainerLine {
  readonly form: string;
  readonly path: string;
  readonly size?: number;
  /** Fingerprint of samples. */
  readonly digest?: string;
  readonly state: ContainerState["state"];
}

/** What is known of a safetensors file without reading its numbers. */
export interface Explanation {
  readonly file: string;
  /** The kind, or `null` for safetensors files that are no artifacts. */
  readonly kind: ArtifactKind | null;
  readonly summary: string;
  /** What is needed to use it besides itself. */
  readonly needs?: string;
  /** Of an index, what its images lie in. */
  readonly containers?: readonly ContainerLine[];
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
export async function explain(
  reader: SafetensorsReader,
): Promise<Explanation> {
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
  const artifact = asArtifact(reader);
  const { kind, config, recipe, inputs } = artifact;
  return {
    file,
    kind,
    ...await ofForm(artifact),
    config,
    ...(recipe && { recipe }),
    inputs,
    ...totals,
    tensors,
  };
}

/** What an artifact is, by its form where its kind has several. */
async function ofForm(
  artifact: ArtifactReader,
): Promise<Pick<Explanation, "summary" | "needs" | "containers">> {
  const { kind, form } = artifact;
  const { summary, forms = {} } = kindRule(kind);
  if (form === undefined) return { summary };
  const { summary: words, needs } = forms[form]!;
  return {
    summary: `${summary}, ${form}: ${words}`,
    ...needs !== undefined && { needs },
    ...form === "index" && { containers: await containersOf(artifact) },
  };
}

async function containersOf(
  artifact: ArtifactReader,
): Promise<readonly ContainerLine[]> {
  const states = await containerStates(artifact);
  return states.map(({ container, state }) => ({ ...container, state }));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
