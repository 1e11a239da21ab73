import {
  concat,
  gather,
  reshape,
  rmsNorm,
  scoped,
  slice,
  type Tensor,
} from "../tensor/mod.ts";
import {
  affine,
  blockSpecs,
  constantInit,
  DRAWN_DEVIATION,
  fullAttention,
  gainSpec,
  linearSpecs,
  type Mix,
  NORM_EPSILON,
  normalInit,
  type Parameters,
  type ParameterShapes,
  type ParameterSpecs,
  prefixed,
  type RotaryAngles,
  rotaryAngles,
  shapesOf,
  transformerBlock,
} from "../nn/mod.ts";
import type { ArConfig } from "./config.ts";
import { headSpecs } from "./head.ts";

/**
 * All parameters of the AR model, head included, by the release's names; they
 * start as in the release.
 */
export function arSpecs(config: ArConfig): ParameterSpecs {
  const { dim, latent_dim, grid, cls_token_num, num_classes } = config;
  const drawn = normalInit(DRAWN_DEVIATION);
  const blocks = Array.from(
    { length: config.n_layer },
    (_, i) => prefixed(`layers.${i}`, blockSpecs(dim)),
  );
  const projection = { weight: drawn, bias: constantInit(0) };
  return Object.assign(
    {
      "cls_embedding.weight": {
        shape: [num_classes + 1, cls_token_num * dim],
        start: drawn,
      },
      "emb_norm.weight": gainSpec(dim),
      "norm.weight": gainSpec(dim),
      "pos_for_diff.weight": { shape: [grid * grid, dim], start: drawn },
    },
    prefixed("proj_in", linearSpecs(latent_dim, dim, projection)),
    ...blocks,
    prefixed("head.net", headSpecs(config)),
  );
}

/** Their shapes alone. */
export function arShapes(config: ArConfig): ParameterShapes {
  return shapesOf(arSpecs(config));
}

/** Rotary angles of class tokens and image tokens, [cls + N, head width / 2]. */
export function arAngles(config: ArConfig): RotaryAngles {
  return rotaryAngles({
    grid: config.grid,
    leading: config.cls_token_num,
    headWidth: config.dim / config.n_head,
  });
}

/**
 * Class tokens [B, cls, D] of classes i32 [B]; index num_classes is "no class".
 */
export function embedClasses(
  p: Parameters,
  classes: Tensor,
  { cls_token_num, dim }: ArConfig,
): Tensor {
  const rows = gather(p.get("cls_embedding.weight"), classes);
  return reshape(rows, [classes.shape[0]!, cls_token_num, dim]);
}

/** Image latents [B, N, d] as tokens [B, N, D]. */
export function embedLatents(p: Parameters, z: Tensor): Tensor {
  return affine(p.at("proj_in"), z);
}

/** The blocks between embedding norm and final norm. */
export function runBlocks(
  p: Parameters,
  x: Tensor,
  { config, angles, mixes }: {
    config: ArConfig;
    angles: RotaryAngles;
    /** How each layer attends. */
    mixes: (layer: number) => Mix;
  },
): Tensor {
  let h = rmsNorm(x, p.get("emb_norm.weight"), NORM_EPSILON);
  for (let i = 0; i < config.n_layer; i++) {
    const options = { heads: config.n_head, angles, mix: mixes(i) };
    h = transformerBlock(p.at("layers").at(i), h, options);
  }
  return rmsNorm(h, p.get("norm.weight"), NORM_EPSILON);
}

/**
 * States that predict every token under teacher forcing (Section 3.2), before
 * `pos_for_diff` is added: state k has seen the class and tokens 0 .. k - 1.
 *
 * @param latents [B, N, d] on the sphere of radius sqrt(d)
 * @param classes i32 [B]
 * @returns [B, N, D]
 */
export function teacherForcedStates(
  p: Parameters,
  { latents, classes, config }: {
    latents: Tensor;
    classes: Tensor;
    config: ArConfig;
  },
): Tensor {
  return scoped("ar", () => {
    const tokens = latents.shape[1]!;
    const previous = slice(latents, 1, { stop: tokens - 1 });
    const x = concat([
      embedClasses(p, classes, config),
      embedLatents(p, previous),
    ], 1);
    const all = arAngles(config);
    const length = { stop: x.shape[1]! };
    const angles = {
      cosine: slice(all.cosine, 0, length),
      sine: slice(all.sine, 0, length),
    };
    const mix = fullAttention({ causal: true });
    const states = runBlocks(p, x, { config, angles, mixes: () => mix });
    return slice(states, 1, { start: config.cls_token_num - 1 });
  });
}
