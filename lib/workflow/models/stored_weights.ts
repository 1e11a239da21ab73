import { assertFinite, UserError } from "../../artifact/mod.ts";
import {
  type FrozenStates,
  type FrozenTensor,
  type HostTensor,
  loadFrozen,
  quantize,
  type StoredTensor,
  toHalf,
} from "../../tensor/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import {
  type ModelFile,
  requireWeights,
  type WeightRules,
} from "./model_file.ts";

/**
 * Matrices that products of the transformer and the head read, nearly all of a
 * model. The rest is small, read once, or what latents come and go through.
 */
const PACKED = [
  /\.attention\.w(qkv|o)\.weight$/,
  /\.feed_forward\.w[12]\.weight$/,
  /\.res_blocks\.\d+\.w[12]\.weight$/,
  /\.(cond_embed|ada_ln_blocks\.\d+|ada_ln_modulation)\.weight$/,
];

/** What a weight is held in: only large matrices in another type than f32. */
export function heldIn(name: string, dtype: WeightsDType): WeightsDType {
  return PACKED.some((pattern) => pattern.test(name)) ? dtype : "f32";
}

/**
 * The weights of a file that holds them alone, which are read, checked and
 * packed when an engine asks for them.
 *
 * @param options.of what the names are of, where a file holds several models
 * @throws {UserError} naming the file, the tensor, what was found and what was expected
 */
export async function storedWeights(
  file: ModelFile,
  rules: WeightRules,
  { dtype, of }: { dtype: WeightsDType; of: string },
): Promise<Record<string, StoredTensor>> {
  requireWeights(file, rules);
  const digest = await file.digest();
  const weights: Record<string, StoredTensor> = {};
  for (const [name, shape] of Object.entries(rules.shapes)) {
    const held = heldIn(name, dtype);
    weights[name] = {
      dtype: held,
      shape,
      identity: `${digest} ${of} ${name} ${held}`,
      load: async () => {
        const weight = await readWeight(file, name);
        return pack(weight, held, { file: file.name, name });
      },
    };
  }
  return weights;
}

/**
 * Weights in memory, packed.
 *
 * @throws {UserError} where a number does not fit
 */
export function packWeights(
  weights: Readonly<Record<string, HostTensor>>,
  dtype: WeightsDType,
): Record<string, FrozenTensor> {
  const entries = Object.entries(weights).map(([name, weight]) => {
    const held = heldIn(name, dtype);
    return [name, pack(weight, held, { file: "the model", name })] as const;
  });
  return Object.fromEntries(entries);
}

async function readWeight(file: ModelFile, name: string): Promise<HostTensor> {
  const weight = await file.read(name);
  assertFinite(weight, { file: file.name, name });
  return weight;
}

function pack(
  weight: HostTensor,
  dtype: WeightsDType,
  { file, name }: { file: string; name: string },
): FrozenTensor {
  if (dtype === "f32") return weight;
  if (dtype === "q8") return quantize(weight);
  try {
    return toHalf(weight);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `Cannot use "${file}" in f16: tensor "${name}": ${error.message}`,
    );
  }
}

/**
 * The weights of a file that holds them alone, all read.
 *
 * @throws {UserError} naming the file, the tensor, what was found and what was expected
 */
export async function readWeights(
  file: ModelFile,
  rules: WeightRules,
): Promise<Record<string, HostTensor>> {
  requireWeights(file, rules);
  const weights: Record<string, HostTensor> = {};
  for (const name of Object.keys(rules.shapes)) {
    weights[name] = await readWeight(file, name);
  }
  return weights;
}

/** The same model with all weights in memory. */
export async function loadModel<M extends { readonly weights: FrozenStates }>(
  model: M,
): Promise<M> {
  const weights: Record<string, FrozenTensor> = {};
  for (const [name, weight] of Object.entries(model.weights)) {
    weights[name] = await loadFrozen(weight);
  }
  return { ...model, weights };
}
