import {
  conv2d,
  exp,
  log,
  max,
  mean,
  mul,
  neg,
  scoped,
  silu,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import {
  affine,
  biasInit,
  constantInit,
  fanInInit,
  groupsOf,
  type InitializerTable,
  linearShapes,
  normShapes,
  normSilu,
  type Parameters,
  type ParameterShapes,
  prefixed,
} from "../nn/mod.ts";

/** Sizes of the small classifier whose features serve the metrics. */
export interface ClassifierConfig {
  /** Height and width of the image in pixels. */
  readonly image_size: number;
  /** Channels of the convolutions, each of which halves the image. */
  readonly channels: readonly number[];
  /** Width of the features. */
  readonly features: number;
  readonly num_classes: number;
}

/** What the classifier says of a batch. */
export interface Classified {
  /** [B, features]. */
  readonly features: Tensor;
  /** [B, num_classes]. */
  readonly logits: Tensor;
}

/** Shapes of the classifier's parameters by name. */
export function classifierShapes(
  { channels, features, num_classes }: ClassifierConfig,
): ParameterShapes {
  const convolutions = channels.map((outputs, k) => {
    const inputs = k === 0 ? 3 : channels[k - 1]!;
    return {
      [`convs.${k}.weight`]: [outputs, inputs, 3, 3],
      ...prefixed(`norms.${k}`, normShapes(outputs)),
    };
  });
  const last = channels.at(-1) ?? 3;
  return {
    ...Object.assign({}, ...convolutions) as ParameterShapes,
    ...prefixed("features", linearShapes(last, features, { bias: true })),
    ...prefixed("classes", linearShapes(features, num_classes, { bias: true })),
  };
}

/** Starting values of the classifier, torch's defaults. */
export function classifierInitializers(
  { channels, features }: ClassifierConfig,
): InitializerTable {
  return [
    [/^norms\.\d+\.weight$/, constantInit(1)],
    [/^norms\.\d+\.bias$/, constantInit(0)],
    [/^features\.bias$/, biasInit(channels.at(-1) ?? 3)],
    [/^classes\.bias$/, biasInit(features)],
    [/\.weight$/, fanInInit],
  ];
}

/**
 * What each convolution makes of images, after its norm and SiLU: half as wide
 * and high each time.
 *
 * @param images [B, 3, H, W] in [-1, 1]
 */
export function classifierMaps(
  p: Parameters,
  images: Tensor,
  { channels }: ClassifierConfig,
): readonly Tensor[] {
  let x = images;
  return channels.map((width, k) => {
    const weight = p.get(`convs.${k}.weight`);
    const convolved = conv2d(x, weight, { stride: 2, padding: 1 });
    x = normSilu(p.at("norms").at(k), convolved, groupsOf(width));
    return x;
  });
}

/**
 * Classifies images: strided 3 x 3 convolutions with GroupNorm and SiLU, the
 * mean over the image, a linear layer with SiLU to the features, and a linear
 * layer to the classes.
 *
 * It is ours, not the paper's: small enough to be trained within half a minute
 * beside the models that its features judge.
 *
 * @param images [B, 3, H, W] in [-1, 1]
 */
export function classify(
  p: Parameters,
  images: Tensor,
  config: ClassifierConfig,
): Classified {
  return scoped("classifier", () => {
    const last = classifierMaps(p, images, config).at(-1) ?? images;
    const pooled = mean(last, { axes: [2, 3] }); // [B, C]
    const features = silu(affine(p.at("features"), pooled));
    return { features, logits: affine(p.at("classes"), features) };
  });
}

/**
 * Mean cross-entropy of logits [B, classes].
 *
 * @param targets one row of class probabilities for each image, [B, classes]
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const axes = [-1];
  const top = stopGradient(max(logits, { axes, keepDims: true }));
  const shifted = sub(logits, top);
  const logSum = log(sum(exp(shifted), { axes, keepDims: true }));
  const logP = sub(shifted, logSum);
  return neg(mean(sum(mul(targets, logP), { axes })));
}
