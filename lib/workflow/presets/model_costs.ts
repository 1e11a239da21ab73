import {
  type ArConfig,
  arShapes,
  checkArConfig,
  checkVaeConfig,
  decode,
  encode,
  headVelocity,
  lawOf,
  teacherForcedStates,
  vaeGrid,
  vaeShapes,
} from "../../model/mod.ts";
import {
  type FrozenModelParts,
  frozenProgram,
  type ParameterShapes,
} from "../../nn/mod.ts";
import type { Preset } from "../../preset/mod.ts";
import { input, programCost, sizeOf } from "../../tensor/mod.ts";

/** How large a VAE is. */
interface VaeCost {
  readonly parameters: number;
  /** Multiplications and additions of encoding an image. */
  readonly encodeFlops: number;
  /** Those of decoding one. */
  readonly decodeFlops: number;
}

/** How large an AR model is. */
interface ArCost {
  /** Parameters without the embeddings of classes. */
  readonly parameters: number;
  /** Parameters of the embedding of one class. */
  readonly parametersOfClass: number;
  /** Multiplications and additions of the states of all tokens of an image. */
  readonly statesFlops: number;
  /** Those of the head's velocities at all tokens once: a solver step. */
  readonly headFlops: number;
}

/** How large the models of a preset are. */
export interface ModelCosts {
  readonly vae?: VaeCost;
  readonly ar?: ArCost;
}

/**
 * Counts parameters and work of a preset's models, from their graphs.
 *
 * @throws {RangeError} where sizes do not fit each other
 */
export function modelCosts({ vae, ar }: Preset): ModelCosts {
  if (vae === undefined) return {};
  checkVaeConfig(vae);
  const costs = { vae: vaeCost(vae) };
  if (ar === undefined) return costs;
  const { latent_dim } = vae;
  const config: ArConfig = {
    ...ar,
    ...lawOf(vae),
    latent_dim,
    grid: vaeGrid(vae),
    num_classes: 1,
  };
  checkArConfig(config);
  return { ...costs, ar: arCost(config) };
}

function vaeCost(config: NonNullable<Preset["vae"]>): VaeCost {
  const { image_size, latent_dim } = config;
  const shapes = vaeShapes(config);
  const images = input("images", [1, 3, image_size, image_size]);
  const z = input("z", [1, vaeGrid(config) ** 2, latent_dim]);
  return {
    parameters: count(shapes),
    encodeFlops: flops({
      shapes,
      inputs: { images },
      build: (p) => ({ ...encode(p, images, config) }),
    }),
    decodeFlops: flops({
      shapes,
      inputs: { z },
      build: (p) => ({ images: decode(p, z, config) }),
    }),
  };
}

function arCost(config: ArConfig): ArCost {
  const { latent_dim, grid, dim } = config;
  const tokens = grid ** 2;
  const shapes = arShapes(config);
  const more = arShapes({ ...config, num_classes: config.num_classes + 1 });
  const parametersOfClass = count(more) - count(shapes);
  const latents = input("latents", [1, tokens, latent_dim]);
  const classes = input("classes", [1], "i32");
  const x = input("x", [tokens, latent_dim]);
  const t = input("t", [tokens]);
  const condition = input("condition", [tokens, dim]);
  return {
    parameters: count(shapes) - config.num_classes * parametersOfClass,
    parametersOfClass,
    statesFlops: flops({
      shapes,
      inputs: { latents, classes },
      build: (p) => ({
        states: teacherForcedStates(p, { latents, classes, config }),
      }),
    }),
    headFlops: flops({
      shapes,
      inputs: { x, t, condition },
      build: (p) => ({
        velocity: headVelocity(p.at("head.net"), x, { t, condition, config }),
      }),
    }),
  };
}

function flops(parts: Pick<FrozenModelParts, "shapes" | "inputs" | "build">) {
  const { program } = frozenProgram({ ...parts, name: "cost", weights: {} });
  return programCost(program).flops;
}

function count(shapes: ParameterShapes): number {
  return Object.values(shapes)
    .reduce((sum, shape) => sum + sizeOf(shape), 0);
}
