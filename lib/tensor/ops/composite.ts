import type { Shape } from "../host_tensor.ts";
import type { TensorType } from "../node.ts";
import type { CompositeName, OpAttributes, OpName } from "../op_attributes.ts";
import { sameShape } from "../shape.ts";
import { convolved } from "./contraction.ts";
import {
  isFloat,
  operands,
  type OpRule,
  type OpTable,
  requireDType,
  requirePosition,
  requireRank,
  requireShapes,
} from "./rule.ts";

interface CompositeOptions<K extends OpName> {
  readonly count: 1 | 2 | 3 | 4 | 5 | 6;
  /** The input whose type the result has: the first by default. */
  readonly like?: 0 | 1 | 2;
  /** Inputs of floats, from the first on: all by default. */
  readonly floats?: number;
  /** @throws {TypeError} when the inputs do not fit */
  check?(inputs: readonly TensorType[], attributes: OpAttributes[K]): void;
}

function composed<K extends OpName>(
  equation: string,
  { count, like = 0, floats = count, check }: CompositeOptions<K>,
): OpRule<K> {
  return {
    equation,
    traits: ["composite"],
    type: (inputs, attributes) => {
      operands(inputs, count);
      inputs.slice(0, floats).forEach((x) => requireDType(x, isFloat));
      check?.(inputs, attributes);
      const { shape, dtype } = inputs[like]!;
      return { shape, dtype };
    },
  };
}

/** Pools of images: a number for each window. */
function pooled(equation: string): OpRule<"max_pool" | "average_pool"> {
  return {
    equation,
    traits: ["composite"],
    type: (inputs, { kernel, ...steps }) => {
      const [{ shape, dtype }] = operands(inputs, 1);
      requireDType(inputs[0]!, isFloat);
      requireRank(shape, 4, "images [B, C, H, W]");
      // Otherwise a window would hold nothing but padding.
      if (!kernel.every((size, axis) => steps.padding[axis]! < size)) {
        throw new RangeError(
          `Expected less padding than the window of [${kernel}], got ` +
            `[${steps.padding}]`,
        );
      }
      const [images, channels, height, width] = shape as readonly [
        number,
        number,
        number,
        number,
      ];
      const size = convolved([height, width], kernel, steps);
      return { shape: [images, channels, ...size], dtype };
    },
  };
}

function requireShape(x: TensorType, expected: Shape, what: string): void {
  requireShapes(sameShape(x.shape, expected), x.shape, {
    b: expected,
    rule: `${what} of the second shape`,
  });
}

function requireLastAxis({ shape }: TensorType): void {
  if (shape.length === 0) throw new TypeError("Expected a last axis");
}

/** Norms over the last axis: x, vectors [D], then cotangents like x. */
function rowNorm(vectors: number) {
  return ([x, ...rest]: readonly TensorType[]) => {
    requireLastAxis(x!);
    const width = [x!.shape.at(-1)!];
    rest.forEach((other, i) =>
      i < vectors
        ? requireShape(other, width, "a vector")
        : requireShape(other, x!.shape, "a cotangent")
    );
  };
}

/** Norms over groups of channels: x, vectors [C], then cotangents like x. */
function groupNorm(vectors: number) {
  return (
    [x, ...rest]: readonly TensorType[],
    { groups }: { readonly groups: number },
  ) => {
    requireRank(x!.shape, 4, "images [B, C, H, W]");
    const channels = x!.shape[1]!;
    if (!(groups > 0 && channels % groups === 0)) {
      throw new RangeError(
        `Expected groups that divide ${channels} channels, got ${groups}`,
      );
    }
    rest.forEach((other, i) =>
      i < vectors
        ? requireShape(other, [channels], "a vector")
        : requireShape(other, x!.shape, "a cotangent")
    );
  };
}

/** So that y has the sign of x, and the slope above 0 is the larger one. */
function requireSlope(
  _: readonly TensorType[],
  { slope }: { readonly slope: number },
): void {
  if (slope >= 0 && slope <= 1) return;
  throw new RangeError(`Expected a slope from 0 to 1, got ${slope}`);
}

function rotation([x, cosine, sine]: readonly TensorType[]): void {
  requireRank(x!.shape, 4, "heads [B, L, H, D]");
  const [, length, , width] = x!.shape;
  if (width! % 2 !== 0) {
    throw new TypeError(`Expected an even head width, got [${x!.shape}]`);
  }
  const angles = [length!, width! / 2];
  requireShape(cosine!, angles, "cosines");
  requireShape(sine!, angles, "sines");
}

/** q and the cotangents are alike, k and v are alike, and both fit. */
function attends(
  [q, k, v, dy]: readonly TensorType[],
  { causal }: { readonly causal: boolean },
): void {
  requireRank(q!.shape, 4, "queries [B, H, L, D]");
  requireRank(k!.shape, 4, "keys [B, H, L, D]");
  requireShape(k!, q!.shape.with(2, k!.shape[2]!), "keys");
  requireShape(v!, k!.shape, "values");
  if (dy !== undefined) requireShape(dy, q!.shape, "a cotangent");
  // A query before the first key would see nothing.
  requireShapes(!causal || q!.shape[2]! <= k!.shape[2]!, q!.shape, {
    b: k!.shape,
    rule: "no more causal queries than keys",
  });
}

function attendsCache(
  [q, k, v, keys, values, position]: readonly TensorType[],
): void {
  requireRank(q!.shape, 4, "queries [B, H, S, D]");
  requireRank(keys!.shape, 4, "keys [B, H, T, D]");
  requireShape(k!, q!.shape, "new keys");
  requireShape(v!, q!.shape, "new values");
  requireShape(keys!, q!.shape.with(2, keys!.shape[2]!), "cached keys");
  requireShape(values!, keys!.shape, "cached values");
  requirePosition(position!);
}

/** Ops with an expansion (expand.ts); an engine may lower them whole. */
export const composite: Pick<OpTable, CompositeName> = {
  silu: composed("y = x sigmoid(x)", { count: 1 }),
  softplus: composed("y = ln(1 + e^x)", { count: 1 }),
  leaky_relu: composed("y = x where it is above 0, else slope x", {
    count: 1,
    check: requireSlope,
  }),
  leaky_relu_dx: composed("dx of leaky_relu from y and dy", {
    count: 2,
    check: ([y, dy], attributes) => {
      requireSlope([], attributes);
      requireShape(dy!, y!.shape, "a cotangent");
    },
  }),
  softmax: composed("y = e^x / sum of e^x over the last axis", {
    count: 1,
    check: ([x]) => requireLastAxis(x!),
  }),
  rms_norm: composed(
    "y = w x / sqrt(mean of x^2 over the last axis + epsilon)",
    { count: 2, check: rowNorm(1) },
  ),
  rms_norm_dx: composed("dx of rms_norm from x, w and dy", {
    count: 3,
    check: rowNorm(1),
  }),
  layer_norm: composed(
    "y = w (x - mean) / sqrt(variance + epsilon) + b over the last axis",
    { count: 3, check: rowNorm(2) },
  ),
  layer_norm_dx: composed("dx of layer_norm from x, w and dy", {
    count: 3,
    check: rowNorm(1),
  }),
  group_norm: composed(
    "layer_norm over groups of channels and all pixels; w, b by channel",
    { count: 3, check: groupNorm(2) },
  ),
  group_norm_dx: composed("dx of group_norm from x, w and dy", {
    count: 3,
    check: groupNorm(1),
  }),
  max_pool: pooled("y = the largest x of each window, padding left out"),
  average_pool: pooled("y = the mean x of each window, padding left out"),
  rotary: composed(
    "pairs (2i, 2i + 1) of x [B, L, H, D] turned by the angle of [L, i]",
    { count: 3, check: rotation },
  ),
  attention: composed("y = softmax(scale q k^T) v, heads in axis 1", {
    count: 3,
    check: attends,
  }),
  attention_dq: composed("dq of attention from q, k, v and dy", {
    count: 4,
    check: attends,
  }),
  attention_dk: composed("dk of attention from q, k, v and dy", {
    count: 4,
    like: 1,
    check: attends,
  }),
  attention_dv: composed("dv of attention from q, k, v and dy", {
    count: 4,
    like: 2,
    check: attends,
  }),
  cached_attention: composed(
    "causal attention of new rows q over a cache that holds `position` rows and the new k, v",
    { count: 6, floats: 5, check: attendsCache },
  ),
};
