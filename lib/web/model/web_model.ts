import type { ArConfig, VaeConfig } from "../../model/mod.ts";
import type {
  CfgSchedule,
  SolverName,
  StepSchedule,
} from "../../sample/mod.ts";
import type { FrozenTensor, Shape } from "../../tensor/mod.ts";

/** Most bytes of a shard: any host serves such a file, and a lost one is soon read again. */
export const SHARD_BYTES = 32 * 2 ** 20;

/** What a model's description says it is, with the version of its form. */
export const WEB_MODEL = { format: "spherear-web-model", version: 1 } as const;

/** File of a model's description; shards lie beside it. */
export const MODEL_FILE = "model.json";

/** A piece of the numbers of a model. */
export interface Shard {
  /** Its name, beside the description. */
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Where a tensor lies in all shards end to end; the scales of q8 follow its numbers. */
export interface TensorPlace {
  readonly dtype: FrozenTensor["dtype"];
  readonly shape: Shape;
  /** First byte. */
  readonly start: number;
}

/** How images are sampled where nobody says it. */
export interface SamplingDefaults {
  readonly solver: SolverName;
  readonly steps: StepSchedule;
  readonly cfg: number;
  readonly cfgSchedule: CfgSchedule;
}

/** A file of a model, on the machine that exported it. */
export interface ModelFile {
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What a page knows of a model before it has its numbers. */
export interface WebModel {
  readonly format: typeof WEB_MODEL.format;
  readonly version: typeof WEB_MODEL.version;
  /** What people call it. */
  readonly name: string;
  /** The files that it was made of, by the options of `sample`. */
  readonly files: Readonly<Record<string, ModelFile>>;
  /** Names of its classes. */
  readonly classes: readonly string[];
  readonly ar: ArConfig;
  readonly vae: VaeConfig;
  /** What large matrices are held in. */
  readonly weights: "f32" | "f16" | "q8";
  readonly defaults: SamplingDefaults;
  /** Parameters of the AR model, and of the decoder, by the release's names. */
  readonly tensors: {
    readonly ar: Readonly<Record<string, TensorPlace>>;
    readonly vae: Readonly<Record<string, TensorPlace>>;
  };
  readonly shards: readonly Shard[];
}

/**
 * The description of a model.
 *
 * @throws {SyntaxError} where the text is none, or of another version
 */
export function parseWebModel(text: string): WebModel {
  const { format, version } = WEB_MODEL;
  const found = JSON.parse(text) as Partial<WebModel> | null;
  if (found?.format !== format || found.version !== version) {
    throw new SyntaxError(
      `Cannot read the model: expected ${format} ${version}, found ` +
        `${found?.format} ${found?.version}`,
    );
  }
  return found as WebModel;
}

/** Bytes of all shards. */
export function bytesOf({ shards }: Pick<WebModel, "shards">): number {
  return shards.reduce((sum, { bytes }) => sum + bytes, 0);
}
