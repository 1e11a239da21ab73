import {
  averagePool,
  concat,
  div,
  maxPool,
  mean,
  permute,
  relu,
  reshape,
  scoped,
  slice,
  sub,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  affineConvolution,
  foldBatchNorm,
  linear,
  type Parameters,
  type ParameterShapes,
  prefixed,
  resizeBilinear,
} from "../../nn/mod.ts";
import {
  type Block,
  type Convolution,
  INCEPTION_BLOCKS,
  type Layer,
  type Pool,
} from "./inception_layers.ts";
import type {
  FeatureNetwork,
  ParameterSource,
  PublishedForm,
} from "./network.ts";

/** Inception of 2015-12-05, which comes in one size. */
export interface InceptionConfig {
  readonly name: "inception-2015-12-05";
}

/** Height and width of the images that it judges, in pixels. */
const SIZE = 299;

/** Bytes from -1 to nearly 1, as in TensorFlow's graph. */
const CENTRE = 128;

/** Added to the variances of its batch norms. */
const NORM_EPSILON = 0.001;

/** Classes of its logits, more than ImageNet's. */
const CLASSES = 1008;

/** Numbers of an image behind the last block. */
const POOLED = 2048;

/**
 * What sFID compares (Nash et al. 2021): the first channels of a convolution over
 * 17 x 17 pixels, mixed_6/conv of TensorFlow's graph.
 */
const SPATIAL = { at: "Mixed_6d.branch1x1", channels: 7, pixels: 17 * 17 };

/** What a walk through the layers makes of something that stands for images. */
interface Walk<T> {
  convolve(layer: Convolution, x: T, path: string): T;
  pool(pool: Pool, x: T): T;
  join(parts: readonly T[]): T;
}

function walkLayers<T>(
  layers: readonly Layer[],
  start: T,
  { walk, path }: { readonly walk: Walk<T>; readonly path: string },
): T {
  return layers.reduce((x, layer) => {
    if ("pool" in layer) return walk.pool(layer, x);
    if ("branches" in layer) {
      return walk.join(
        layer.branches.map((branch) => walkLayers(branch, x, { walk, path })),
      );
    }
    const name = path === "" ? layer.name : `${path}.${layer.name}`;
    return walk.convolve(layer, x, name);
  }, start);
}

function walkBlocks<T>(start: T, walk: Walk<T>): T {
  return INCEPTION_BLOCKS.reduce(
    (x, { name, layers }: Block) => walkLayers(layers, x, { walk, path: name }),
    start,
  );
}

/** Filters of every convolution by its path. */
function filters(): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  walkBlocks<number>(3, {
    convolve({ outputs, kernel }, inputs, path) {
      found.set(path, [outputs, inputs, ...kernel]);
      return outputs;
    },
    pool: (_, channels) => channels,
    join: (parts) => parts.reduce((sum, channels) => sum + channels, 0),
  });
  return found;
}

function shapes(): ParameterShapes {
  const convolutions = [...filters()].map(([path, shape]) =>
    prefixed(path, { weight: shape, bias: [shape[0]!] })
  );
  return Object.assign({}, ...convolutions, {
    "fc.weight": [CLASSES, POOLED],
  });
}

function pooled(x: Tensor, { pool, halves }: Pool): Tensor {
  const options = halves
    ? { kernel: 3, stride: 2 }
    : { kernel: 3, stride: 1, padding: 1 };
  return pool === "max" ? maxPool(x, options) : averagePool(x, options);
}

function extract(p: Parameters, images: Tensor): Record<string, Tensor> {
  const kept = new Map<string, Tensor>();
  const resized = resizeBilinear(images, SIZE);
  const last = walkBlocks<Tensor>(div(sub(resized, CENTRE), CENTRE), {
    convolve({ stride, padding }, x, path) {
      const y = scoped(
        path,
        () => relu(affineConvolution(p.at(path), x, { stride, padding })),
      );
      kept.set(path, y);
      return y;
    },
    pool: (layer, x) => pooled(x, layer),
    join: (parts) => concat(parts, 1),
  });
  const pool_3 = mean(last, { axes: [2, 3] }); // [B, 2048]
  const map = slice(kept.get(SPATIAL.at)!, 1, { stop: SPATIAL.channels });
  const spatial = reshape(permute(map, [0, 2, 3, 1]), [images.shape[0]!, -1]);
  return { pool_3, spatial, logits: linear(p.at("fc"), pool_3) };
}

/** A convolution and its bias, from one without and the batch norm behind it. */
function foldedSources(
  path: string,
  shape: readonly number[],
): Record<string, ParameterSource> {
  const channels = [shape[0]!];
  const norm = prefixed(`${path}.bn`, {
    weight: channels,
    bias: channels,
    running_mean: channels,
    running_var: channels,
  });
  const of = { [`${path}.conv.weight`]: shape, ...norm };
  const fold = (tensors: readonly Float32Array<ArrayBuffer>[]) => {
    const [filters, gain, shift, mean, variance] = tensors;
    const epsilon = NORM_EPSILON;
    return foldBatchNorm({
      filters: filters!,
      gain: gain!,
      shift: shift!,
      mean: mean!,
      variance: variance!,
    }, { epsilon });
  };
  return {
    [`${path}.weight`]: { of, make: (tensors) => fold(tensors).filters },
    [`${path}.bias`]: { of, make: (tensors) => fold(tensors).bias },
  };
}

/** The PyTorch file that pytorch-fid and torch-fidelity made of TensorFlow's. */
const torch: PublishedForm<InceptionConfig> = {
  title: "Inception of 2015-12-05 in PyTorch",
  sign: "Mixed_7c.branch3x3dbl_3b.conv.weight",
  unused: /(^fc\.bias|\.bn\.num_batches_tracked)$/,
  configOf: () => ({ name: "inception-2015-12-05" }),
  sources: () => {
    const convolutions = [...filters()]
      .map(([path, shape]) => foldedSources(path, shape));
    const name = "fc.weight";
    return Object.assign({}, ...convolutions, {
      [name]: {
        of: { [name]: [CLASSES, POOLED] },
        make: ([weight]) => weight!,
      } satisfies ParameterSource,
    });
  },
};

/**
 * The network of FID, sFID, Inception Score, precision and recall: TensorFlow's
 * Inception v3 of 2015-12-05. Its averages leave the padding out, its last block
 * has a max pool, and its logits have no bias, as the evaluator takes them.
 */
export const inception: FeatureNetwork<InceptionConfig> = {
  title: "Inception v3 of 2015-12-05",
  resize: "bilinear",
  check() {},
  size: () => SIZE,
  shapes,
  widths: () => ({
    pool_3: POOLED,
    spatial: SPATIAL.channels * SPATIAL.pixels,
    logits: CLASSES,
  }),
  extract: (p, images) => scoped("inception", () => extract(p, images)),
  published: [torch],
};
