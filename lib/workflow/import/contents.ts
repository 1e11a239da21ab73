import { UserError } from "../../artifact/mod.ts";
import { becomesFloat32 } from "../../interop/mod.ts";
import {
  type ArConfig,
  arShapes,
  lawOf,
  type VaeConfig,
  vaeShapes,
  vaeTables,
} from "../../model/mod.ts";
import { type ParameterShapes, prefixed } from "../../nn/mod.ts";
import type { NamedTensors } from "./evidence.ts";
import type { GivenSizes } from "./given_sizes.ts";
import { holdsKl, klSizes } from "./kl_sizes.ts";
import { arSizes, givenSizesOf, hybridSizes } from "./sizes.ts";

/** Which models a file is to give. */
export type Part = "all" | "ar" | "svae";

/** The models of a file: their sizes, and which tensors are theirs. */
export interface Contents {
  readonly ar?: ArConfig;
  readonly vae?: VaeConfig;
  /** Names of the tensors to take, in the release's spelling. */
  readonly names: readonly string[];
}

/** A tensor of latent diffusion's models, which hold more than a VAE. */
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
  const vae = wanted.svae ? vaeSizes(named, given) : undefined;
  // An AR model was trained on the latents of the VAE beside it.
  const ar = wanted.ar
    ? { ...arSizes(named, given), ...vae && lawOf(vae) }
    : undefined;
  const taken = names.filter((name) => isVae(name) ? wanted.svae : wanted.ar);
  checkTensors(named, {
    names: taken,
    shapes: {
      ...vae && prefixed("vae", vaeShapes(vae)),
      ...ar && arShapes(ar),
    },
    tables: vae ? prefixed("vae", tableShapes(vae)) : {},
  });
  return { names: taken, ...ar && { ar }, ...vae && { vae } };
}

/** Sizes of a VAE: checkpoints of two makers show theirs. */
function vaeSizes(named: NamedTensors, given: GivenSizes): VaeConfig {
  const backbone = given.backbone ?? (holdsKl(named) ? "kl16" : "hybrid");
  if (backbone === "kl16") return klSizes(named, given);
  if (backbone === "hybrid") return hybridSizes(named, given);
  return givenSizesOf(named, { ...given, backbone });
}

function tableShapes(vae: VaeConfig): ParameterShapes {
  const shapes = Object.entries(vaeTables(vae))
    .map(([name, { shape }]) => [name, shape] as const);
  return Object.fromEntries(shapes);
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
