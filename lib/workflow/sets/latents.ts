import {
  type ArtifactReader,
  assertFinite,
  assertLabels,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import { RandomStream, WeightedChoice } from "../../random/mod.ts";
import { type LatentLaw, lawOf, posteriorOf } from "../../model/mod.ts";
import { type HostTensor, hostTensor, zeros } from "../../tensor/mod.ts";
import { type Batch, bindRandom } from "../../train/mod.ts";
import { readLaw, readVaeConfig } from "../models/mod.ts";
import { stringsOf } from "./images.ts";
import type { HostPosterior } from "./posterior.ts";

/** Cached posteriors in memory. */
export interface Latents {
  readonly images: number;
  readonly views: number;
  readonly tokens: number;
  readonly d: number;
  readonly law: LatentLaw;
  /** Parts of the posteriors by name, [images, views, tokens, ..]. */
  readonly parts: HostPosterior;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Views that each class may use: mirrored ones only where it may be mirrored. */
  readonly viewsOf: readonly (readonly number[])[];
}

/**
 * Reads a latents artifact whole.
 *
 * @throws {UserError} when it is empty, its tokens are no square, its lists do not
 *   fit, its tensors are not those of its law, or a number is not finite
 */
export async function readLatents(reader: ArtifactReader): Promise<Latents> {
  const { images = 0, views = 0, tokens = 0, latent: d = 0 } = reader.sizes;
  const classes = stringsOf(reader, "classes");
  const labels = await reader.read("labels");
  assertLabels(labels, { classes: classes.length, file: reader.name });
  const { flips, mirrored } = reader.config as {
    flips?: readonly boolean[];
    mirrored?: readonly boolean[];
  };
  const fits = images > 0 && Number.isInteger(Math.sqrt(tokens)) &&
    flips?.length === classes.length && mirrored?.length === views;
  if (!fits) {
    throw new UserError(
      `Cannot use "${reader.name}": expected images (found ${images}), a ` +
        `square number of tokens (found ${tokens}), and config.flips and ` +
        "config.mirrored for classes and views",
    );
  }
  const law = readLatentLaw(reader);
  const all = Array.from({ length: views }, (_, view) => view);
  const upright = all.filter((view) => !mirrored![view]);
  return {
    images,
    views,
    tokens,
    d,
    law,
    parts: await readParts(reader, law),
    labels: labels.data as Int32Array,
    classes,
    viewsOf: classes.map((_, label) => flips![label] ? all : upright),
  };
}

/**
 * The law of cached latents; files that do not say it mean that of the VAE which
 * they say they were made by.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export function readLatentLaw(
  reader: Pick<ArtifactReader, "name" | "config">,
): LatentLaw {
  const { svae } = reader.config;
  if (svae === undefined) return readLaw(reader, {});
  const made = { name: reader.name, config: svae as JsonRecord };
  return readLaw(reader, lawOf(readVaeConfig(made)));
}

/** Tensors of the kind that are no parts of posteriors. */
const OTHERS = ["labels", "sample"];

async function readParts(
  reader: ArtifactReader,
  law: LatentLaw,
): Promise<HostPosterior> {
  const { title, parts } = posteriorOf(law);
  const { images, views, tokens, latent } = reader.sizes;
  const wanted = new Map(
    Object.entries(parts).map(([name, { width }]) => {
      const each = width === "vector" ? [tokens, latent] : [tokens];
      return [name, `F32 [${[images, views, ...each]}]`] as const;
    }),
  );
  const names = new Set([...wanted.keys(), ...reader.tensors.keys()]);
  const read: Record<string, HostTensor> = {};
  for (const name of names) {
    if (OTHERS.includes(name)) continue;
    const info = reader.tensors.get(name);
    const found = info && `${info.dtype} [${info.shape}]`;
    const expected = wanted.get(name);
    if (found !== expected) {
      throw new UserError(
        `Cannot use "${reader.name}": its posteriors are ${title}: expected ` +
          `"${name}" ${expected ?? "not there"}, found ${found ?? "none"}`,
      );
    }
    const tensor = await reader.read(name);
    assertFinite(tensor, { file: reader.name, name });
    read[name] = tensor;
  }
  const { mu, ...others } = read;
  return { mu: mu!, ...others };
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
  const parts = Object.entries<HostTensor>(latents.parts);
  return (step) => {
    const rows = parts.map(([name, { shape }]) =>
      [name, zeros("f32", [batch, ...shape.slice(2)])] as const
    );
    const classes = new Int32Array(batch);
    for (let row = 0; row < batch; row++) {
      const draws = new RandomStream({ seed, stream: "latents", step, row });
      const image = choice.draw(draws);
      const label = latents.labels[image]!;
      const allowed = latents.viewsOf[label]!;
      const view = allowed[draws.integer(allowed.length)]!;
      rows.forEach(([, { data }], i) => {
        const size = data.length / batch;
        const at = (image * latents.views + view) * size;
        const source = parts[i]![1].data.subarray(at, at + size);
        data.set(source, row * size);
      });
      classes[row] = label;
    }
    return {
      ...Object.fromEntries(rows),
      classes: hostTensor("i32", [batch], classes),
      ...bindRandom(seed, { step, rows: batch }),
    };
  };
}
