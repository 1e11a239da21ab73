import { UserError } from "../../artifact/mod.ts";
import { becomesFloat32 } from "../../interop/mod.ts";
import {
  type ArConfig,
  arShapes,
  type AutoencoderConfig,
  autoencoderShapes,
  autoencoderTableShapes,
  posteriorOf,
} from "../../model/mod.ts";
import { type ParameterShapes, prefixed } from "../../nn/mod.ts";
import type { NamedTensors } from "./evidence.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { holdsKl, klSizes } from "./kl_sizes.ts";
import { arSizes, vaeSizes } from "./sizes.ts";

/** Which models a file is to give. */
export type Part = "all" | "ar" | "svae";

/** The models of a file: their sizes, and which tensors are theirs. */
export interface Contents {
  readonly ar?: ArConfig;
  readonly vae?: AutoencoderConfig;
  /** Names of the tensors to take, in the release's spelling. */
  readonly names: readonly string[];
}

/** A tensor of latent diffusion's models, which hold more than an autoencoder. */
const LATENT_DIFFUSION = "first_stage_model.quant_conv.weight";

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
  const sizes = holdsKl(named) ? klSizes : vaeSizes;
  const vae = wanted.svae ? sizes(named, given) : undefined;
  const ar = wanted.ar ? arWith(arSizes(named, given), vae) : undefined;
  const taken = names.filter((name) => isVae(name) ? wanted.svae : wanted.ar);
  checkTensors(named, {
    names: taken,
    shapes: {
      ...vae && prefixed("vae", autoencoderShapes(vae)),
      ...ar && arShapes(ar),
    },
    tables: vae ? prefixed("vae", autoencoderTableShapes(vae)) : {},
  });
  return { names: taken, ...ar && { ar }, ...vae && { vae } };
}

/** An AR model that was trained on the latents of the autoencoder beside it. */
function arWith(ar: ArConfig, vae: AutoencoderConfig | undefined): ArConfig {
  const gaussian = vae !== undefined && posteriorOf(vae) === "gaussian";
  return gaussian ? { ...ar, posterior: "gaussian" } : ar;
}

/** Says what other models are, rather than which tensors they lack. */
function refuseForeign({ file, tensors }: NamedTensors): void {
  const names = [...tensors.keys()];
  if (tensors.has(LATENT_DIFFUSION)) {
    throw new UserError(
      `Cannot import "${file}": it is a latent diffusion model; expected an ` +
        "AR model or an S-VAE of SphereAR, or MAR's kl16.ckpt",
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
