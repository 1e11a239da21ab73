import {
  add,
  conv2d,
  type ConvolutionOptions,
  convTranspose2d,
  groupNorm,
  recomputable,
  reshape,
  scoped,
  silu,
  type Tensor,
} from "../tensor/mod.ts";
import {
  constantInit,
  fanInInit,
  type ParameterSpec,
  type ParameterSpecs,
} from "./initialize.ts";
import { type Parameters, prefixed } from "./parameters.ts";
import { NORM_EPSILON } from "./transformer.ts";

/** Groups of a norm over `channels`, at most `limit`: four channels a group. */
export function groupsOf(channels: number, limit = 32): number {
  return Math.min(limit, Math.floor(channels / 4));
}

/** Parameters of an affine norm. */
export function normSpecs(channels: number): ParameterSpecs {
  return {
    weight: { shape: [channels], start: constantInit(1) },
    bias: { shape: [channels], start: constantInit(0) },
  };
}

/** Filters of a convolution [out, in, k, k], or [in, out, k, k] of a transposed one. */
export function filtersSpec(
  first: number,
  second: number,
  kernel: number,
): ParameterSpec {
  return { shape: [first, second, kernel, kernel], start: fanInInit };
}

/** GroupNorm, then SiLU. */
export function normSilu(p: Parameters, x: Tensor, groups: number): Tensor {
  const [weight, bias] = [p.get("weight"), p.get("bias")];
  return silu(groupNorm(x, { weight, bias, groups, epsilon: NORM_EPSILON }));
}

/** Convolution without bias. */
export function convolution(
  p: Parameters,
  x: Tensor,
  options: ConvolutionOptions,
): Tensor {
  return conv2d(x, p.get("weight"), options);
}

/** Convolution with a bias for each channel. */
export function affineConvolution(
  p: Parameters,
  x: Tensor,
  options: ConvolutionOptions,
): Tensor {
  return add(convolution(p, x, options), reshape(p.get("bias"), [-1, 1, 1]));
}

/** Parameters of a down block from `inputs` to `outputs` channels. */
export function downBlockSpecs(
  inputs: number,
  outputs: number,
): ParameterSpecs {
  return {
    ...prefixed("block.0", normSpecs(inputs)),
    "block.2.weight": filtersSpec(outputs, inputs, 3),
    ...prefixed("block.3", normSpecs(outputs)),
    "block.5.weight": filtersSpec(outputs, outputs, 3),
    "shortcut.weight": filtersSpec(outputs, inputs, 2),
  };
}

/** Halves the image: a strided shortcut plus two normed 3 x 3 convolutions (Appendix D). */
export function downBlock(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () =>
    recomputable(x, (x) => {
      const [inputs, outputs] = [
        x.shape[1]!,
        p.get("shortcut.weight").shape[0]!,
      ];
      const shortcut = convolution(p.at("shortcut"), x, { stride: 2 });
      let h = normSilu(p.at("block.0"), x, groupsOf(inputs));
      h = convolution(p.at("block.2"), h, { stride: 2, padding: 1 });
      h = normSilu(p.at("block.3"), h, groupsOf(outputs));
      return add(shortcut, convolution(p.at("block.5"), h, { padding: 1 }));
    }));
}

/** Parameters of an up block from `inputs` to `outputs` channels. */
export function upBlockSpecs(inputs: number, outputs: number): ParameterSpecs {
  const square = filtersSpec(outputs, outputs, 3);
  return {
    ...prefixed("block.0", normSpecs(inputs)),
    "block.2.weight": filtersSpec(inputs, outputs, 4),
    ...prefixed("block.3", normSpecs(outputs)),
    "block.5.weight": square,
    "shortcut.weight": filtersSpec(inputs, outputs, 2),
    ...prefixed("block2.0", normSpecs(outputs)),
    "block2.2.weight": square,
    ...prefixed("block2.3", normSpecs(outputs)),
    "block2.5.weight": square,
  };
}

/** Doubles the image, then refines it by one more residual pair (Appendix D). */
export function upBlock(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () =>
    recomputable(x, (x) => {
      const [inputs, outputs] = [
        x.shape[1]!,
        p.get("shortcut.weight").shape[1]!,
      ];
      const groups = groupsOf(outputs);
      const same = { padding: 1 };
      const doubled = { stride: 2, padding: 1 };
      let h = normSilu(p.at("block.0"), x, groupsOf(inputs));
      h = convTranspose2d(h, p.get("block.2.weight"), doubled);
      h = normSilu(p.at("block.3"), h, groups);
      h = convolution(p.at("block.5"), h, same);
      const up = convTranspose2d(x, p.get("shortcut.weight"), { stride: 2 });
      const sum = add(up, h);
      h = normSilu(p.at("block2.0"), sum, groups);
      h = convolution(p.at("block2.2"), h, same);
      h = normSilu(p.at("block2.3"), h, groups);
      return add(sum, convolution(p.at("block2.5"), h, same));
    }));
}
