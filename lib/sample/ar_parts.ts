/**
 * The AR model in steps that a program of others can call: read the class, read
 * a token, take the head's velocity. Caches go in and come out; the Sampler,
 * whose state stays in the engine, is faster.
 */
import {
  add,
  input,
  type Node,
  pad,
  reshape,
  scoped,
  slice,
  sliceAt,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import {
  type FrozenModelParts,
  fullAttention,
  type Mix,
  selectShapes,
} from "../nn/mod.ts";
import {
  arAngles,
  arShapes,
  embedClasses,
  embedLatents,
  headVelocity,
  runBlocks,
} from "../model/mod.ts";
import { cachedBlocks, cacheShape } from "./cached_blocks.ts";
import type { ArModel } from "./sampler.ts";

/** Parameters of the diffusion head. */
const HEAD = /^head\./;

/** The condition of the head [R, D]: a state [R, 1, D] and its place. */
function conditionOf(state: Tensor, place: Tensor): Tensor {
  const [rows, , width] = state.shape as [number, number, number];
  return add(reshape(state, [rows, width]), place);
}

/**
 * Reads classes i32 [R]: `condition` [R, D] of token 0, and the caches that the
 * other tokens need, `keys.N` and `values.N` [R, H, T, D / H] of each layer.
 */
export function startParts(
  { config, weights }: ArModel,
  rows: number,
): FrozenModelParts {
  const classes = input("classes", [rows], "i32");
  const { cls_token_num: read } = config;
  return {
    name: "start",
    shapes: selectShapes(
      arShapes(config),
      (name) => !HEAD.test(name) && !name.startsWith("proj_in."),
    ),
    weights,
    inputs: { classes },
    build: (p) =>
      scoped("start", () => {
        const caches: Record<string, Tensor> = {};
        const behind = [0, 0, cacheShape(config, rows)[2]! - read, 0];
        const attend = fullAttention({ causal: true });
        const mixes = (layer: number): Mix => (heads) => {
          const [, k, v] = heads;
          caches[`keys.${layer}`] = pad(k, [0, 0, 0, 0], behind);
          caches[`values.${layer}`] = pad(v, [0, 0, 0, 0], behind);
          return attend(heads);
        };
        const all = arAngles(config);
        const angles = {
          cosine: slice(all.cosine, 0, { stop: read }),
          sine: slice(all.sine, 0, { stop: read }),
        };
        const x = embedClasses(p, classes, config);
        const states = runBlocks(p, x, { config, angles, mixes });
        const last = slice(states, 1, { start: read - 1 });
        const place = slice(p.get("pos_for_diff.weight"), 0, { stop: 1 });
        return { condition: conditionOf(last, place), ...caches };
      }),
  };
}

/**
 * Reads token `token` - 1, z [R, d]: `condition` [R, D] of token `token`, an i32
 * above 0, and the caches with its row. Caches go in as `past.keys.N` and
 * `past.values.N`.
 */
export function tokenParts(
  { config, weights }: ArModel,
  rows: number,
): FrozenModelParts {
  const { latent_dim, n_layer, cls_token_num } = config;
  const z = input("z", [rows, latent_dim]);
  const token = input("token", [], "i32");
  const shape = cacheShape(config, rows);
  const past: Record<string, Node<"input">> = {};
  for (let layer = 0; layer < n_layer; layer++) {
    for (const name of [`past.keys.${layer}`, `past.values.${layer}`]) {
      past[name] = input(name, shape);
    }
  }
  return {
    name: "token",
    shapes: selectShapes(
      arShapes(config),
      (name) => !HEAD.test(name) && !name.startsWith("cls_embedding."),
    ),
    weights,
    inputs: { z, token, ...past },
    build: (p) =>
      scoped("token", () => {
        const x = embedLatents(p, reshape(z, [rows, 1, latent_dim]));
        const { states, caches } = cachedBlocks(p, x, {
          config,
          position: add(sub(token, 1), cls_token_num),
          cache: (kind, layer) => past[`past.${kind}.${layer}`]!,
        });
        const row = { axis: 0, size: 1 };
        const place = sliceAt(p.get("pos_for_diff.weight"), token, row);
        return { condition: conditionOf(states, place), ...caches };
      }),
  };
}

/** The head: `velocity` [R, d] at x [R, d], t [R] and condition [R, D]. */
export function headParts(
  { config, weights }: ArModel,
  rows: number,
): FrozenModelParts {
  const x = input("x", [rows, config.latent_dim]);
  const t = input("t", [rows]);
  const condition = input("condition", [rows, config.dim]);
  return {
    name: "head",
    shapes: selectShapes(arShapes(config), (name) => HEAD.test(name)),
    weights,
    inputs: { x, t, condition },
    build: (p) => ({
      velocity: headVelocity(p.at("head.net"), x, { t, condition, config }),
    }),
  };
}
