import { type Dinov2Config, dinov2Shapes } from "./dinov2_sizes.ts";
import type { ParameterSource, PublishedForm } from "./network.ts";

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Sizes of ViT-L/14, of which files show all. */
const PUBLISHED: Dinov2Config = {
  name: "dinov2-vitl14",
  dim: 1024,
  layers: 24,
  hidden: 4096,
  patch_size: 14,
  grid: 37,
};

/** Where a file shows sizes, and how it names what is below a block. */
interface Spelling {
  readonly title: string;
  readonly sign: string;
  readonly unused: RegExp;
  readonly token: string;
  readonly positions: string;
  readonly patches: string;
  readonly lastNorm: string;
  block(i: number): string;
  /** What queries, keys and values are made of, in that order. */
  readonly qkv: readonly string[];
  readonly proj: string;
  readonly scales: readonly [attention: string, feedForward: string];
}

const OFFICIAL: Spelling = {
  title: "DINOv2's own checkpoint",
  sign: "blocks.0.attn.qkv.weight",
  unused: /^mask_token$/,
  token: "cls_token",
  positions: "pos_embed",
  patches: "patch_embed.proj",
  lastNorm: "norm",
  block: (i) => `blocks.${i}`,
  qkv: ["attn.qkv"],
  proj: "attn.proj",
  scales: ["ls1.gamma", "ls2.gamma"],
};

const HUB: Spelling = {
  title: "DINOv2 of the Hub, as transformers names it",
  sign: "encoder.layer.0.attention.attention.query.weight",
  unused: /^embeddings\.mask_token$/,
  token: "embeddings.cls_token",
  positions: "embeddings.position_embeddings",
  patches: "embeddings.patch_embeddings.projection",
  lastNorm: "layernorm",
  block: (i) => `encoder.layer.${i}`,
  qkv: ["query", "key", "value"].map((part) => `attention.attention.${part}`),
  proj: "attention.output.dense",
  scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"],
};

/** Sizes that a file's tensors show. */
function configOf(
  shapes: Shapes,
  { token, positions, patches, block }: Spelling,
): Dinov2Config {
  const size = (name: string, axis: number) => shapes.get(name)?.[axis];
  const places = size(positions, 1);
  let layers = 0;
  while (shapes.has(`${block(layers)}.norm1.weight`)) layers++;
  return {
    name: PUBLISHED.name,
    dim: size(token, 2) ?? PUBLISHED.dim,
    layers: layers === 0 ? PUBLISHED.layers : layers,
    hidden: size(`${block(0)}.mlp.fc1.weight`, 0) ?? PUBLISHED.hidden,
    patch_size: size(`${patches}.weight`, 3) ?? PUBLISHED.patch_size,
    grid: places === undefined ? PUBLISHED.grid : Math.sqrt(places - 1),
  };
}

/** A tensor as it is. */
function taken(name: string, shape: readonly number[]): ParameterSource {
  return { of: { [name]: shape }, make: ([numbers]) => numbers! };
}

/** Rows of several tensors one after another. */
function stacked(
  names: readonly string[],
  [rows, ...rest]: readonly number[],
): ParameterSource {
  const part = [rows! / names.length, ...rest];
  return {
    of: Object.fromEntries(names.map((name) => [name, part])),
    make: (tensors) => {
      const length = tensors.reduce((sum, { length }) => sum + length, 0);
      const all = new Float32Array(length);
      let filled = 0;
      for (const numbers of tensors) {
        all.set(numbers, filled);
        filled += numbers.length;
      }
      return all;
    },
  };
}

/** A matrix or bias whose rows are scaled, as LayerScale does what it makes. */
function scaled(
  [name, scale]: readonly string[],
  shape: readonly number[],
): ParameterSource {
  const [rows] = shape;
  return {
    of: { [name!]: shape, [scale!]: [rows!] },
    make: ([numbers, scales]) => {
      const size = numbers!.length / rows!;
      return numbers!.map((value, i) => value * scales![Math.floor(i / size)]!);
    },
  };
}

/** What each parameter is made of. */
function sourcesOf(
  config: Dinov2Config,
  form: Spelling,
): Record<string, ParameterSource> {
  const shapes = dinov2Shapes(config);
  const sources: Record<string, ParameterSource> = {
    cls_token: taken(form.token, shapes["cls_token"]!),
    pos_embed: taken(form.positions, shapes["pos_embed"]!),
  };
  /** The weight and the bias of a layer. */
  const layer = (
    path: string,
    of: (suffix: string, shape: readonly number[]) => ParameterSource,
  ) => {
    for (const suffix of ["weight", "bias"]) {
      const name = `${path}.${suffix}`;
      sources[name] = of(suffix, shapes[name]!);
    }
  };
  const same = (ours: string, theirs: string) =>
    layer(ours, (suffix, shape) => taken(`${theirs}.${suffix}`, shape));
  same("patch_embed.proj", form.patches);
  same("norm", form.lastNorm);
  for (let i = 0; i < config.layers; i++) {
    const [ours, theirs] = [`blocks.${i}`, form.block(i)];
    for (const name of ["norm1", "norm2", "mlp.fc1"]) {
      same(`${ours}.${name}`, `${theirs}.${name}`);
    }
    layer(`${ours}.attn.qkv`, (suffix, shape) =>
      stacked(
        form.qkv.map((part) => `${theirs}.${part}.${suffix}`),
        shape,
      ));
    const [attention, feedForward] = form.scales;
    layer(`${ours}.attn.proj`, (suffix, shape) => {
      const names = [`${form.proj}.${suffix}`, attention];
      return scaled(names.map((name) => `${theirs}.${name}`), shape);
    });
    layer(`${ours}.mlp.fc2`, (suffix, shape) => {
      const names = [`mlp.fc2.${suffix}`, feedForward];
      return scaled(names.map((name) => `${theirs}.${name}`), shape);
    });
  }
  return sources;
}

/** The forms in which DINOv2 is published. */
export const DINOV2_FORMS: readonly PublishedForm<Dinov2Config>[] = [
  OFFICIAL,
  HUB,
].map((form) => ({
  title: form.title,
  sign: form.sign,
  unused: form.unused,
  configOf: (shapes) => configOf(shapes, form),
  sources: (config) => sourcesOf(config, form),
}));
