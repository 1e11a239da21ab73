import { UserError } from "../../lib/artifact/mod.ts";
import { becomesFloat32 } from "../../lib/interop/mod.ts";
import {
  type ArConfig,
  arShapes,
  type VaeConfig,
  vaeShapes,
  vaeTableShapes,
} from "../../lib/model/mod.ts";
import { type ParameterShapes, prefixed } from "../../lib/nn/mod.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { arSizes, type NamedTensors, vaeSizes } from "./sizes.ts";

/** Which models a file is to give. */
export type Part = "all" | "ar" | "svae";

/** The models of a file: their sizes, and which tensors are theirs. */
export interface Contents {
  readonly ar?: ArConfig;
  readonly vae?: VaeConfig;
  /** Names of the tensors to take, in the release's spelling. */
  readonly names: readonly string[];
}

/** A tensor that the KL autoencoders of latent diffusion and MAR have. */
const AUTOENCODER = /^(first_stage_model\.)?quant_conv\.weight$/;

/**
 * Finds what models a file holds, and that their tensors are all there, in the
 * shapes that their sizes ask for, and no others.
 *
 * @throws {UserError} naming the file and the tensor, what was expected and
 *   what was found
 */
export function contentsOf(
  named: NamedTensors,
  { part, given }: { readonly part: Part; readonly given: GivenSizes },
): Contents {
  refuseForeign(named);
  const names = [...named.tensors.keys()];
  const isVae = (name: string) => name.startsWith("vae.");
  const has = { svae: names.some(isVae), ar: !names.every(isVae) };
  if (part !== "all" && !has[part]) {
    const what = part === "ar" ? "AR model" : "S-VAE";
    throw new UserError(`Cannot import "${named.file}": it holds no ${what}`);
  }
  const wanted = {
    svae: has.svae && part !== "ar",
    ar: has.ar && part !== "svae",
  };
  const vae = wanted.svae ? vaeSizes(named, given) : undefined;
  const ar = wanted.ar ? arSizes(named, given) : undefined;
  const taken = names.filter((name) => isVae(name) ? wanted.svae : wanted.ar);
  checkTensors(named, {
    names: taken,
    shapes: {
      ...vae && prefixed("vae", vaeShapes(vae)),
      ...ar && arShapes(ar),
    },
    tables: vae ? prefixed("vae", vaeTableShapes(vae)) : {},
  });
  return { names: taken, ...ar && { ar }, ...vae && { vae } };
}

/** Says what other models are, rather than which tensors they lack. */
function refuseForeign({ file, tensors }: NamedTensors): void {
  const names = [...tensors.keys()];
  if (names.some((name) => AUTOENCODER.test(name))) {
    throw new UserError(
      `Cannot import "${file}": it is a KL autoencoder with the layout of ` +
        "MAR's kl16.ckpt, which this version cannot run yet; expected an AR " +
        "model or an S-VAE of SphereAR",
    );
  }
  if (names.length === 0) {
    throw new UserError(`Cannot import "${file}": it holds no tensors`);
  }
}

/** Parameters must be there; tables, which can be computed, may be. */
function checkTensors(
  { file, tensors }: NamedTensors,
  { names, shapes, tables }: {
    readonly names: readonly string[];
    readonly shapes: ParameterShapes;
    readonly tables: ParameterShapes;
  },
): void {
  const fail = (name: string, detail: string) =>
    new UserError(`Cannot import "${file}": tensor "${name}" ${detail}`);
  for (const [name, shape] of Object.entries(shapes)) {
    if (tensors.has(name)) continue;
    throw fail(name, `is missing, expected [${shape}]`);
  }
  const known: ParameterShapes = { ...shapes, ...tables };
  for (const name of names) {
    const { shape, dtype } = tensors.get(name)!;
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected === undefined) {
      throw fail(name, "is none of the model with these sizes");
    }
    if (shape.join() !== expected.join()) {
      throw fail(name, `has shape [${shape}], expected [${expected}]`);
    }
    if (becomesFloat32(dtype) === undefined) {
      throw fail(name, `has type ${dtype}, expected floats`);
    }
  }
}
