import {
  type ArtifactReader,
  assertFinite,
  UserError,
} from "../../lib/artifact/mod.ts";
import { RandomStream, WeightedChoice } from "../../lib/random/mod.ts";
import { hostTensor } from "../../lib/tensor/mod.ts";
import { type Batch, bindRandom } from "../../lib/train/mod.ts";
import { stringsOf } from "./images.ts";

/** Cached posteriors in memory. */
export interface Latents {
  readonly images: number;
  readonly views: number;
  readonly tokens: number;
  readonly d: number;
  /** [images, views, tokens, d]. */
  readonly mu: Float32Array;
  /** [images, views, tokens]. */
  readonly kappa: Float32Array;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Views that each class may use: mirrored ones only where it may be mirrored. */
  readonly viewsOf: readonly (readonly number[])[];
}

/**
 * Reads a latents artifact whole.
 *
 * @throws {UserError} when it is empty, its tokens are no square, its lists do not
 *   fit, or a number is not finite
 */
export async function readLatents(reader: ArtifactReader): Promise<Latents> {
  const { images = 0, views = 0, tokens = 0, latent: d = 0 } = reader.sizes;
  const classes = stringsOf(reader, "classes");
  const labels = (await reader.read("labels")).data as Int32Array;
  const { flips, mirrored } = reader.config as {
    flips?: readonly boolean[];
    mirrored?: readonly boolean[];
  };
  const fits = images > 0 && Number.isInteger(Math.sqrt(tokens)) &&
    labels.every((label) => label >= 0 && label < classes.length) &&
    flips?.length === classes.length && mirrored?.length === views;
  if (!fits) {
    throw new UserError(
      `Cannot use "${reader.name}": expected images with labels below ` +
        `${classes.length}, a square number of tokens (found ${tokens}), and ` +
        `config.flips and config.mirrored for classes and views`,
    );
  }
  const all = Array.from({ length: views }, (_, view) => view);
  const upright = all.filter((view) => !mirrored![view]);
  return {
    images,
    views,
    tokens,
    d,
    mu: await finiteOf(reader, "mu"),
    kappa: await finiteOf(reader, "kappa"),
    labels,
    classes,
    viewsOf: classes.map((_, label) => flips![label] ? all : upright),
  };
}

async function finiteOf(
  reader: ArtifactReader,
  name: string,
): Promise<Float32Array> {
  const tensor = await reader.read(name);
  assertFinite(tensor, { file: reader.name, name });
  return tensor.data as Float32Array;
}

/** Weight of every image so that a class of n is drawn as n^power. */
function imageWeights(
  { labels, classes }: Latents,
  power: number,
): Float64Array {
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]!++;
  return Float64Array.from(labels, (label) => counts[label]! ** (power - 1));
}

/** Random batches of cached posteriors: by seed, step and row alone. */
export function latentBatches(
  latents: Latents,
  { batch, classPower, seed }: {
    batch: number;
    classPower: number;
    seed: number;
  },
): (step: number) => Batch {
  const choice = new WeightedChoice(imageWeights(latents, classPower));
  const { views, tokens, d } = latents;
  return (step) => {
    const mu = new Float32Array(batch * tokens * d);
    const kappa = new Float32Array(batch * tokens);
    const classes = new Int32Array(batch);
    for (let row = 0; row < batch; row++) {
      const draws = new RandomStream({ seed, stream: "latents", step, row });
      const image = choice.draw(draws);
      const label = latents.labels[image]!;
      const allowed = latents.viewsOf[label]!;
      const view = allowed[draws.integer(allowed.length)]!;
      const at = (image * views + view) * tokens;
      const source = latents.mu.subarray(at * d, (at + tokens) * d);
      mu.set(source, row * tokens * d);
      kappa.set(latents.kappa.subarray(at, at + tokens), row * tokens);
      classes[row] = label;
    }
    return {
      mu: hostTensor("f32", [batch, tokens, d], mu),
      kappa: hostTensor("f32", [batch, tokens], kappa),
      classes: hostTensor("i32", [batch], classes),
      ...bindRandom(seed, step),
    };
  };
}
