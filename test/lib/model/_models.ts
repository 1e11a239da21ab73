import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type ArConfig,
  PAPER_LAW,
  type VaeConfig,
} from "../../../lib/model/mod.ts";
import { Parameters, type ParameterShapes } from "../../../lib/nn/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import {
  constant,
  type HostTensor,
  hostTensor,
  program,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../../lib/tensor/mod.ts";

/** Four tokens of four numbers, three classes. */
export const AR: ArConfig = {
  dim: 16,
  n_layer: 2,
  n_head: 2,
  diff_layers: 4,
  diff_dim: 12,
  diff_adanln_layers: 2,
  cls_token_num: 2,
  num_classes: 3,
  latent_dim: 4,
  grid: 2,
  ...PAPER_LAW,
};

/** Images of 8 pixels as the tokens of {@linkcode AR}. */
export const VAE: VaeConfig<"hybrid"> = {
  backbone: "hybrid",
  ...PAPER_LAW,
  image_size: 8,
  patch_size: 4,
  latent_dim: 4,
  z_channels: 16,
  cnn_chs: [4, 8, 16],
  encoder_vit_layers: 1,
  decoder_vit_layers: 1,
};

/** Normal numbers from a seed and a name. */
export function noise(
  shape: Shape,
  { seed = 1, name, deviation = 1, mean = 0 }: {
    readonly seed?: number;
    readonly name: string;
    readonly deviation?: number;
    readonly mean?: number;
  },
): HostTensor<"f32"> {
  const draws = new RandomStream({ seed, stream: name });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => mean + deviation * draws.normal(),
  );
  return hostTensor("f32", shape, data);
}

/** Weights of which none is zero, so that every path of a model counts. */
export function randomWeights(
  shapes: ParameterShapes,
  seed = 1,
): Record<string, HostTensor<"f32">> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const law = shape.length === 1
      ? { deviation: 0.2, mean: 0.5 }
      : { deviation: sizeOf(shape.slice(1)) ** -0.5 };
    return [name, noise(shape, { seed, name, ...law })] as const;
  });
  return Object.fromEntries(entries);
}

/** Weights as constants of a graph. */
export function constants(
  weights: Readonly<Record<string, HostTensor>>,
): Parameters {
  const entries = Object.entries(weights)
    .map(([name, value]) => [name, constant(value)] as const);
  return new Parameters(Object.fromEntries(entries));
}

/** Random vectors of length 1 along the last axis. */
export function unitRows(shape: Shape, name: string): HostTensor<"f32"> {
  const tensor = noise(shape, { name });
  const width = shape.at(-1)!;
  for (let start = 0; start < tensor.data.length; start += width) {
    const row = tensor.data.subarray(start, start + width);
    const length = Math.hypot(...row);
    row.forEach((value, i) => row[i] = value / length);
  }
  return tensor;
}

/** Values of nodes without inputs, by the reference engine. */
export async function evaluate<K extends string>(
  outputs: Readonly<Record<K, Tensor>>,
): Promise<Record<K, HostTensor>> {
  const engine = createReferenceEngine();
  const executable = await engine.compile(program("test", { outputs }));
  const found = await engine.run(executable, {});
  const entries = Object.keys(outputs).map(async (name) =>
    [name, await engine.download(found[name]!)] as const
  );
  return Object.fromEntries(await Promise.all(entries)) as Record<
    K,
    HostTensor
  >;
}
