import { basename } from "node:path";
import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { halfShapes } from "../../model/mod.ts";
import type { ModelFile, SamplingDefaults } from "../../web/mod.ts";
import { readAr, readVae } from "../models/mod.ts";
import {
  type GivenNumbers,
  numbersOf,
  type WeightsDType,
} from "../options/mod.ts";
import { classNames, fitted, type Generator } from "../sample/mod.ts";

/** Files of both halves; of a whole model the same one. */
export interface ModelFiles {
  readonly ar?: ArtifactReader | undefined;
  readonly svae?: ArtifactReader | undefined;
}

/** A model that a page will sample; of the VAE only what decodes. */
export interface OpenWebModel extends Generator {
  /** The files, by the options of `sample`. */
  readonly files: Readonly<Record<string, ModelFile>>;
  readonly classes: readonly string[];
  readonly weights: WeightsDType;
  readonly defaults: SamplingDefaults;
}

/**
 * Reads what a page needs of a model; numbers are read when they are written.
 *
 * @throws {UserError} where a half is missing, or they do not fit each other
 */
export async function openWebModel(
  { ar: arFile, svae }: ModelFiles,
  { weights, numbers: given = {} }: {
    /** What large matrices are held in. */
    readonly weights: WeightsDType;
    /** How it samples unless people choose otherwise. */
    readonly numbers?: GivenNumbers;
  },
): Promise<OpenWebModel> {
  if (arFile === undefined || svae === undefined) {
    throw new UserError(
      "Cannot make a page of one half: expected a whole model, or an AR model " +
        "and an S-VAE",
    );
  }
  const ar = await readAr(arFile, weights);
  const { vae } = fitted({ ar, vae: await readVae(svae) });
  const names = Object.keys(halfShapes(vae.config).decoder);
  const decoder = names.map((name) => [name, vae.weights[name]!] as const);
  const { numbers } = await numbersOf(ar.config, given);
  const { perClass: _, ...defaults } = numbers;
  const classes = classNames(arFile, ar.config.num_classes);
  return {
    ar,
    vae: { ...vae, weights: Object.fromEntries(decoder) },
    files: arFile === svae
      ? { model: await described(svae) }
      : { ar: await described(arFile), svae: await described(svae) },
    classes,
    weights,
    defaults,
  };
}

async function described(file: ArtifactReader): Promise<ModelFile> {
  return { name: basename(file.name), sha256: await file.digest() };
}
