import {
  type ArtifactReader,
  canonicalJson,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import { initialize, type ParameterSpecs, shapesOf } from "../../nn/mod.ts";
import type { Logger } from "../../pipeline/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import type { PlayerValues } from "../../train/mod.ts";
import {
  type ModelFile,
  readWeights,
  type WeightRules,
} from "../models/mod.ts";

/** Weights that a training starts from. */
export interface GivenStart {
  /** The file, which may be a state that a training kept. */
  readonly artifact: ArtifactReader;
  /** The model in it, by the names of the first player's weights. */
  readonly model: ModelFile;
  /** Tables that may stand beside its weights. */
  readonly tables?: WeightRules["tables"];
  /** Weights that start anew in the place of the file's, and why. */
  readonly anew?: {
    readonly names: readonly string[];
    readonly because: string;
  };
}

/** What the weights of a training start from. */
export interface Start {
  readonly seed: number;
  /** The parameters of each player, with how they start. */
  readonly specs: Readonly<Record<string, ParameterSpecs>>;
  readonly given?: GivenStart | undefined;
  readonly log: Logger;
}

/** Keys of a configuration that may differ from that of the weights. */
const FREE = ["classes", "num_classes", "image_size", "latent_scale"];

/**
 * Requires a file to hold a model of some sizes.
 *
 * @param options.config the sizes, as the artifact of the model has them
 * @throws {UserError} naming the file, the key, both values
 */
export function requireSizes(
  { name, config: found }: Pick<ModelFile, "name" | "config">,
  config: JsonRecord,
): void {
  for (const [key, expected] of Object.entries(config)) {
    const value = found[key];
    if (value === undefined || FREE.includes(key)) continue;
    if (canonicalJson(value) === canonicalJson(expected)) continue;
    throw new UserError(
      `Cannot start from "${name}": config.${key} is ` +
        `${JSON.stringify(value)}, expected ${JSON.stringify(expected)}; ` +
        "choose a preset of its sizes",
    );
  }
}

/**
 * Starting weights of every player: drawn, or those of the first player from a
 * file. Draws are of a weight's name, those of the first player by that name
 * alone.
 *
 * @throws {UserError} where the file lacks a weight, or has it in another shape
 */
export async function startWeights(start: Start): Promise<PlayerValues> {
  const weights: Record<string, Record<string, HostTensor>> = {};
  for (
    const [place, [player, specs]] of Object.entries(start.specs).entries()
  ) {
    const given = place === 0 ? start.given : undefined;
    const { anew } = given ?? { anew: { names: Object.keys(specs) } };
    const [fresh, kept] = parted(specs, new Set(anew?.names));
    const path = place === 0 ? "" : `${player} `;
    weights[player] = {
      ...initialize(
        fresh,
        (name) =>
          new RandomStream({
            seed: start.seed,
            stream: `initial ${path}${name}`,
          }),
      ),
      ...given && await readWeights(given.model, {
        shapes: shapesOf(kept),
        tables: given.tables,
        anew: anew?.names,
      }),
    };
  }
  if (start.given) tellStart(start.given, start.log);
  return weights;
}

/** Parameters of chosen names, and the others. */
function parted(
  specs: ParameterSpecs,
  names: ReadonlySet<string>,
): [ParameterSpecs, ParameterSpecs] {
  const part = (chosen: boolean) =>
    Object.fromEntries(
      Object.entries(specs).filter(([name]) => names.has(name) === chosen),
    );
  return [part(true), part(false)];
}

function tellStart({ artifact, anew }: GivenStart, log: Logger): void {
  const but = anew === undefined || anew.names.length === 0
    ? ""
    : `, but ${anew.names.join(" and ")} anew: ${anew.because}`;
  log.info(`starts from the weights of "${artifact.name}"${but}`);
}
