import type { ArConfig, VaeConfig } from "../../lib/model/mod.ts";
import { blockSpecs, groupsOf, NORM_EPSILON } from "../../lib/nn/mod.ts";
import { PAPER_VAE, PRESETS } from "../../lib/preset/checked.ts";
import {
  attention,
  cachedAttention,
  conv2d,
  grad,
  groupNorm,
  input,
  layerNorm,
  matmul,
  mul,
  type Program,
  program,
  rmsNorm,
  type Shape,
  sum,
  type Tensor,
} from "../../lib/tensor/mod.ts";
import { type SizeName, SIZES } from "../structure/sizes.ts";
import { adamWProgram } from "./adamw.ts";

/** What makes the programs of a size. */
export interface KernelSizes {
  readonly ar: ArConfig;
  readonly vae: VaeConfig<"hybrid">;
  readonly batch: number;
  /** Rows of the AR model in training. */
  readonly rows: number;
  /** Rows of the head in training. */
  readonly headRows: number;
  /** Rows when images are sampled, with guidance. */
  readonly fewRows: number;
  /** Images of a batch of the S-VAE. */
  readonly images: number;
}

/** One line of the benchmark of kernels. */
export interface KernelCase {
  readonly summary: string;
  build(name: string, sizes: KernelSizes): Program;
}

const VAES: Readonly<Record<SizeName, VaeConfig<"hybrid">>> = {
  golden: PRESETS.tiny.vae,
  tiny: PRESETS.tiny.vae,
  B: PAPER_VAE,
};

/** The shapes of a size. */
export function kernelSizes(name: SizeName): KernelSizes {
  const { ar, training: { batch, diffBatchMul }, sampling } = SIZES[name];
  const tokens = ar.grid ** 2;
  return {
    ar,
    vae: VAES[name],
    batch,
    rows: batch * (ar.cls_token_num + tokens - 1),
    headRows: batch * diffBatchMul * tokens,
    fewRows: 2 * sampling.images,
    images: name === "B" ? 1 : batch,
  };
}

/** Every case by name; sizes are of the model that is asked for. */
export const KERNEL_CASES = {
  "matmul-1024": {
    summary: "1024 x 1024 x 1024, at every size",
    build: (name) => product(name, [1024, 1024], [1024, 1024]),
  },
  "matmul": {
    summary: "AR rows by the weights of queries, keys and values",
    build: (name, { rows, ar: { dim } }) =>
      product(name, [rows, dim], [3 * dim, dim]),
  },
  "matmul-wide": {
    summary: "AR rows by the first weights of the feed-forward layer",
    build: (name, { rows, ar: { dim } }) =>
      product(
        name,
        [rows, dim],
        blockSpecs(dim)["feed_forward.w1.weight"]!.shape,
      ),
  },
  "matmul-gradient": {
    summary: "gradient of the weights of queries, keys and values",
    build: (name, { rows, ar: { dim } }) => {
      const [dy, x] = leaves({ dy: [rows, 3 * dim], x: [rows, dim] });
      return overStates(name, { dy, x }, matmul(dy, x, { transposeA: true }));
    },
  },
  "matmul-head": {
    summary: "head rows by the first weights of a head block",
    build: (name, { headRows, ar: { diff_dim } }) =>
      product(name, [headRows, diff_dim], [3 * diff_dim, diff_dim]),
  },
  "few-rows": {
    summary: "rows of a sampled token by the weights of its attention",
    build: (name, { fewRows, ar: { dim } }) =>
      product(name, [fewRows, dim], [3 * dim, dim]),
  },
  "few-rows-head": {
    summary: "rows of a solver step by the first weights of a head block",
    build: (name, { fewRows, ar: { diff_dim } }) =>
      product(name, [fewRows, diff_dim], [3 * diff_dim, diff_dim]),
  },
  "attention": {
    summary: "causal attention in training",
    build: (name, sizes) => {
      const heads = attentionLeaves(sizes);
      const { q, k, v } = heads;
      return overStates(name, heads, causal([q, k, v]));
    },
  },
  "attention-gradient": {
    summary: "causal attention in training, forward and backward",
    build: (name, sizes) => {
      const { q, k, v } = attentionLeaves(sizes);
      const y = causal([q, k, v]);
      return backward(name, { q, k, v }, y);
    },
  },
  "cached-attention": {
    summary: "attention of one token over a full cache",
    build: (name, sizes) => cached(name, sizes),
  },
  "convolution": {
    summary: "3 x 3 convolution of full-size images, S-VAE",
    build: (name, sizes) => {
      const { x, w } = convolutionLeaves(sizes);
      return overStates(name, { x, w }, conv2d(x, w, { padding: 1 }));
    },
  },
  "convolution-gradient": {
    summary: "3 x 3 convolution of full-size images, forward and backward",
    build: (name, sizes) => {
      const { x, w } = convolutionLeaves(sizes);
      return backward(name, { x, w }, conv2d(x, w, { padding: 1 }));
    },
  },
  "group-norm": {
    summary: "group norm of full-size images, S-VAE",
    build: (name, sizes) => {
      const { x } = convolutionLeaves(sizes);
      const channels = x.shape[1]!;
      const [weight, bias] = leaves({ weight: [channels], bias: [channels] });
      const options = { weight, bias, groups: groupsOf(channels) };
      const y = groupNorm(x, { ...options, epsilon: NORM_EPSILON });
      return overStates(name, { x, weight, bias }, y);
    },
  },
  "rms-norm": {
    summary: "RMS norm of AR rows",
    build: (name, { rows, ar: { dim } }) => {
      const [x, weight] = leaves({ x: [rows, dim], weight: [dim] });
      return overStates(name, { x, weight }, rmsNorm(x, weight, NORM_EPSILON));
    },
  },
  "layer-norm": {
    summary: "layer norm of head rows",
    build: (name, { headRows, ar: { diff_dim: width } }) => {
      const [x, weight, bias] = leaves({
        x: [headRows, width],
        weight: [width],
        bias: [width],
      });
      const y = layerNorm(x, { weight, bias, epsilon: NORM_EPSILON });
      return overStates(name, { x, weight, bias }, y);
    },
  },
  "adamw": {
    summary: "AdamW and moving average of one feed-forward weight",
    build: (name, { ar: { dim } }) =>
      adamWProgram(name, blockSpecs(dim)["feed_forward.w1.weight"]!.shape),
  },
} as const satisfies Readonly<Record<string, KernelCase>>;

/** Name of a case. */
export type KernelCaseName = keyof typeof KERNEL_CASES;

/** Names of all cases, in their order. */
export const KERNEL_CASE_NAMES = Object.keys(
  KERNEL_CASES,
) as readonly KernelCaseName[];

/** Leaves by name, in the order of their shapes. */
function leaves<K extends string>(
  shapes: Readonly<Record<K, Shape>>,
): [Tensor, Tensor, Tensor] {
  const made = Object.entries<Shape>(shapes)
    .map(([name, shape]) => input(name, shape));
  return made as Tensor[] as [Tensor, Tensor, Tensor];
}

/** A program over states, so that no input crosses to the device at a run. */
function overStates(
  name: string,
  values: Readonly<Record<string, Tensor>>,
  y: Tensor,
): Program {
  return withStates(name, values, { y });
}

function withStates(
  name: string,
  values: Readonly<Record<string, Tensor>>,
  outputs: Readonly<Record<string, Tensor>>,
): Program {
  const state = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value }]),
  ) as Program["state"];
  return program(name, { inputs: {}, state, outputs });
}

/** y with the gradients of a weighted sum of it. */
function backward(
  name: string,
  values: Readonly<Record<string, Tensor>>,
  y: Tensor,
): Program {
  const dy = input("dy", y.shape);
  const names = Object.keys(values);
  const gradients = grad(sum(mul(y, dy)), Object.values(values));
  const outputs = Object.fromEntries(
    names.map((key, i) => [`d${key}`, gradients[i]!]),
  );
  return withStates(name, { ...values, dy }, { y, ...outputs });
}

/** Rows by weights as they are stored, [outputs, inputs]. */
function product(name: string, rows: Shape, weights: Shape): Program {
  const [x, w] = leaves({ x: rows, w: weights });
  return overStates(name, { x, w }, matmul(x, w, { transposeB: true }));
}

function attentionLeaves(
  { batch, rows, ar: { dim, n_head } }: KernelSizes,
): { q: Tensor; k: Tensor; v: Tensor } {
  const shape = [batch, n_head, rows / batch, dim / n_head];
  const [q, k, v] = leaves({ q: shape, k: shape, v: shape });
  return { q, k, v };
}

function causal(heads: readonly [Tensor, Tensor, Tensor]): Tensor {
  const scale = heads[0].shape[3]! ** -0.5;
  return attention(heads, { causal: true, scale });
}

function cached(
  name: string,
  { fewRows, batch, rows, ar: { dim, n_head } }: KernelSizes,
): Program {
  const width = dim / n_head;
  const row = [fewRows, n_head, 1, width];
  const cache = [fewRows, n_head, rows / batch, width];
  const [q, k, v] = leaves({ q: row, k: row, v: row });
  const [keys, values] = leaves({ keys: cache, values: cache });
  const position = input("position", [], "i32");
  const scale = width ** -0.5;
  const y = cachedAttention({ q, k, v, keys, values, position, scale });
  return overStates(name, { q, k, v, keys, values, position }, y);
}

function convolutionLeaves(
  { vae: { image_size, cnn_chs }, images }: KernelSizes,
): { x: Tensor; w: Tensor } {
  const channels = cnn_chs[0]!;
  const [x, w] = leaves({
    x: [images, channels, image_size, image_size],
    w: [channels, channels, 3, 3],
  });
  return { x, w };
}
