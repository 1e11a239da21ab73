import { UserError } from "../../artifact/mod.ts";
import {
  becomesFloat32,
  openWeights,
  type StoredTensor,
  type WeightFile,
  type WeightSet,
} from "../../interop/mod.ts";
import { refuseReplacing, refuseSameFile } from "../../pipeline/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { classNames } from "./class_names.ts";
import { contentsOf, type Part } from "./contents.ts";
import { carriedSizes, type GivenSizes, readSizes } from "./given_sizes.ts";
import { belowVae } from "./kl_sizes.ts";
import { arName, isReleasedVae, releasedAr } from "../../preset/checked.ts";
import { type ArConfig, backboneOf, type VaeConfig } from "../../model/mod.ts";
import { unwrapped } from "./wrappers.ts";
import { writeImported } from "./write_imported.ts";
import type { ImportTools } from "./write_weights.ts";

/** What a person asks for, and the surroundings. */
export interface ImportOptions extends ImportTools {
  /** Path of the artifact to write. */
  readonly output: string;
  /** Which weights; averaged ones where they are there, if not given. */
  readonly weights?: "ema" | "model" | undefined;
  readonly part: Part;
  /** Path of a JSON file with sizes. */
  readonly config?: string | undefined;
  /** Whether to replace what others made. */
  readonly force: boolean;
}

/** What was imported, for people and programs. */
export interface ImportSummary {
  readonly [key: string]: unknown;
  readonly kind: string;
  readonly weights: string;
  readonly parameters: number;
}

/**
 * Imports weights of others as an artifact of the kind `model`, `ar` or `svae`.
 *
 * @throws {UserError} where the file cannot be read, holds no model of this
 *   project, or lacks what is asked for
 */
export async function importWeights(
  path: string,
  { output, weights, part, config, force, ...tools }: ImportOptions,
): Promise<ImportSummary> {
  const told = config === undefined ? {} : await readSizes(config, tools.log);
  for (const input of [path, ...config === undefined ? [] : [config]]) {
    await refuseSameFile(input, output);
  }
  await refuseReplacing(output, { by: "import", force });
  const file = await openWeights(path);
  try {
    const found = setOf(file, { weights, log: tools.log });
    const { name, set } = {
      ...found,
      set: belowVae(unwrapped(found.set, path)),
    };
    const { tensors } = set;
    const carried = carriedSizes(file, tools.log);
    const given = { ...carried, ...told };
    const contents = contentsOf({ file: path, tensors }, { part, given });
    tellHeads(contents.ar, { told, carried, log: tools.log });
    const { ar, vae, names } = contents;
    const taken = names.map((one) => [one, tensors.get(one)!] as const);
    tellRounding(taken, tools.log);
    const kind = await writeImported(output, {
      file,
      set: {
        tensors: new Map(taken),
        readRows: (tensor, rows) => set.readRows(tensor, rows),
      },
      contents,
      classes: await classNames(contents.ar, {
        given: given.classes,
        file: path,
      }),
      options: { weights: name, part },
      ...tools,
    });
    const counts = taken.map(([, { shape }]) => sizeOf(shape));
    return {
      kind,
      weights: name,
      ...ar && { ar: arName(ar) },
      ...vae && { svae: vaeName(vae) },
      tensors: taken.length,
      parameters: counts.reduce((sum, count) => sum + count, 0),
      output,
    };
  } finally {
    file.close();
  }
}

/** Warns of a number of heads that nothing but the user says. */
function tellHeads(
  ar: ArConfig | undefined,
  { told, carried, log }: {
    readonly told: GivenSizes;
    readonly carried: GivenSizes;
    readonly log: ImportOptions["log"];
  },
): void {
  if (ar === undefined || told.n_head === undefined) return;
  const known = carried.n_head ?? releasedAr(ar)?.n_head;
  if (known === ar.n_head) return;
  const other = known === undefined
    ? "no tensor shows it"
    : `the file is known to have ${known}`;
  log.warn(
    `n_head ${ar.n_head} is taken from --config alone, ${other}: a wrong ` +
      "number of heads fits every tensor and gives other images",
  );
}

/** The set that is asked for; says which are there and which is taken. */
function setOf(
  { name: file, format, sets }: WeightFile,
  { weights, log }: Pick<ImportOptions, "weights" | "log">,
): { readonly name: string; readonly set: WeightSet } {
  const names = [...sets.keys()];
  const name = weights ?? (sets.has("ema") ? "ema" : "model");
  const set = sets.get(name);
  if (set === undefined) {
    throw new UserError(
      `Cannot import "${file}": expected the weights "${name}", found ` +
        names.map((one) => `"${one}"`).join(" and "),
    );
  }
  const others = names.filter((one) => one !== name);
  const words = name === "ema"
    ? "the averaged weights"
    : `the ${others.length === 0 ? "only" : "last"} weights`;
  const hint = others.map((one) => `; --weights ${one} takes the others`);
  const found = names.join(" and ");
  log.info(`${format} with ${found}: takes ${name}, ${words}${hint.join("")}`);
  return { name, set };
}

function tellRounding(
  tensors: readonly (readonly [string, StoredTensor])[],
  log: ImportOptions["log"],
): void {
  const dtypes = new Set(tensors.map(([, { dtype }]) => dtype));
  dtypes.delete("F32");
  for (const dtype of dtypes) {
    const how = becomesFloat32(dtype) ? "exactly" : "rounded to nearest";
    log.info(`${dtype} becomes F32, ${how}`);
  }
}

/** What a VAE is called. */
export function vaeName(config: VaeConfig): string {
  const name = isReleasedVae(config)
    ? "S-VAE of the release"
    : `VAE, ${backboneOf(config).title}`;
  return `${name}, ${config.image_size} px`;
}
