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
  fanInInit,
  filtersSpec,
  groupsOf,
  linearSpecs,
  normSilu,
  normSpecs,
  type Parameters,
  type ParameterShapes,
  type ParameterSpecs,
  prefixed,
  shapesOf,
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

/** The classifier's parameters by name; they start as torch's do. */
export function classifierSpecs(
  { channels, features, num_classes }: ClassifierConfig,
): ParameterSpecs {
  const convolutions = channels.map((outputs, k) => ({
    [`convs.${k}.weight`]: filtersSpec(outputs, channels[k - 1] ?? 3, 3),
    ...prefixed(`norms.${k}`, normSpecs(outputs)),
  }));
  const last = channels.at(-1) ?? 3;
  const linear = (inputs: number, outputs: number) =>
    linearSpecs(inputs, outputs, {
      weight: fanInInit,
      bias: biasInit(inputs),
    });
  return Object.assign(
    {},
    ...convolutions,
    prefixed("features", linear(last, features)),
    prefixed("classes", linear(features, num_classes)),
  );
}

/** Their shapes alone. */
export function classifierShapes(config: ClassifierConfig): ParameterShapes {
  return shapesOf(classifierSpecs(config));
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
