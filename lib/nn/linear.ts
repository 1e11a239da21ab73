import { add, matmul, reshape, slice, type Tensor } from "../tensor/mod.ts";
import type { Initializer, ParameterSpecs } from "./initialize.ts";
import type { Parameters } from "./parameters.ts";

/** Parameters of a linear layer; without a start for it, there is no bias. */
export function linearSpecs(
  inputs: number,
  outputs: number,
  { weight, bias }: {
    readonly weight: Initializer;
    readonly bias?: Initializer;
  },
): ParameterSpecs {
  const matrix = { weight: { shape: [outputs, inputs], start: weight } };
  if (bias === undefined) return matrix;
  return { ...matrix, bias: { shape: [outputs], start: bias } };
}

/** y = x W^T, W [out, in], over the last axis of x. */
export function linear(p: Parameters, x: Tensor): Tensor {
  return project(x, p.get("weight"));
}

/** y = x W^T + b over the last axis of x. */
export function affine(p: Parameters, x: Tensor): Tensor {
  return add(linear(p, x), p.get("bias"));
}

/** How a fused linear layer is cut into parts. */
export interface LinearPartsOptions {
  readonly count: number;
  readonly bias: boolean;
  /** Numbers added to the bias of each part, where the layer has one. */
  readonly offsets?: readonly number[];
}

/**
 * The parts of one fused linear layer, as separate products: part i of `count`
 * reads its own rows of the weight, so that no engine splits activations.
 *
 * @returns `count` tensors of width out / count
 */
export function linearParts(
  p: Parameters,
  x: Tensor,
  { count, bias, offsets = [] }: LinearPartsOptions,
): Tensor[] {
  const weight = p.get("weight");
  const rows = weight.shape[0]! / count;
  return Array.from({ length: count }, (_, i) => {
    const part = { start: i * rows, stop: (i + 1) * rows };
    const y = project(x, slice(weight, 0, part));
    if (!bias) return y;
    const offset = slice(p.get("bias"), 0, part);
    return add(y, add(offset, offsets[i] ?? 0));
  });
}

function project(x: Tensor, weight: Tensor): Tensor {
  const rows = reshape(x, [-1, x.shape.at(-1)!]);
  const y = matmul(rows, weight, { transposeB: true });
  return reshape(y, [...x.shape.slice(0, -1), weight.shape[0]!]);
}
