import {
  type ArtifactReader,
  assertFinite,
  assertLabels,
  type JsonRecord,
  TO_FILE_DTYPE,
  UserError,
} from "../../artifact/mod.ts";
import { type OrderName, ORDERS, RandomStream } from "../../random/mod.ts";
import { type Decay, decayedShare } from "../../image/mod.ts";
import { type LatentLaw, lawOf, posteriorOf } from "../../model/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { LATENT_DTYPES } from "../../preset/mod.ts";
import { type Batch, type BatchOptions, bindRandom } from "../../train/mod.ts";
import { readLaw, readVaeConfig } from "../models/mod.ts";
import { drawByClass } from "./class_weights.ts";
import { stringsOf } from "./labelled.ts";
import { type ViewsByClass, viewsByClass } from "./views_by_class.ts";
import { readPicked } from "./picked_rows.ts";
import { type HostPosterior, readPosterior, storedDType } from "./posterior.ts";

/** One view of an image. */
export interface ImageView {
  readonly image: number;
  readonly view: number;
}

/** What latents of labelled images are like. */
export interface LatentSet {
  readonly images: number;
  readonly tokens: number;
  readonly d: number;
  readonly law: LatentLaw;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** Cached posteriors of views of labelled images, which are read when they are asked for. */
export interface LatentSource extends LatentSet, ViewsByClass {
  readonly views: number;
  /**
   * Posteriors of some views by the names of their parts, [rows, tokens, ..].
   *
   * @throws {UserError} where a number is not finite
   */
  read(rows: readonly ImageView[]): Promise<HostPosterior>;
}

/**
 * Opens a latents artifact: its labels are read, posteriors when they are asked
 * for.
 *
 * @throws {UserError} when it is empty, its tokens are no square, its lists do not
 *   fit, or its tensors are not those of its law
 */
export async function openLatents(
  reader: ArtifactReader,
): Promise<LatentSource> {
  const { images = 0, views = 0, tokens = 0, latent: d = 0 } = reader.sizes;
  const classes = stringsOf(reader, "classes");
  const labels = await reader.read("labels");
  assertLabels(labels, { classes: classes.length, file: reader.name });
  if (images === 0 || !Number.isInteger(Math.sqrt(tokens))) {
    throw new UserError(
      `Cannot use "${reader.name}": expected images (found ${images}), and a ` +
        `square number of tokens (found ${tokens})`,
    );
  }
  const law = readLatentLaw(reader);
  const parts = partsOf(reader, law);
  return {
    images,
    views,
    tokens,
    d,
    law,
    labels: labels.data as Int32Array,
    classes,
    ...viewsByClass(reader, classes),
    async read(rows) {
      const stored = await readParts(reader, { parts, rows, views });
      return readPosterior(stored, law);
    },
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

/**
 * Names of the tensors of posteriors.
 *
 * @throws {UserError} where they are not those of the law
 */
function partsOf(reader: ArtifactReader, law: LatentLaw): readonly string[] {
  const { title, parts } = posteriorOf(law);
  const { images, views, tokens, latent } = reader.sizes;
  const wanted = new Map(
    Object.entries(parts).map(([name, part]) => {
      const each = part.width === "vector" ? [tokens, latent] : [tokens];
      const shape = `[${[images, views, ...each]}]`;
      const dtypes = new Set(
        LATENT_DTYPES.map((dtype) => TO_FILE_DTYPE[storedDType(part, dtype)]),
      );
      return [name, [...dtypes].map((dtype) => `${dtype} ${shape}`)] as const;
    }),
  );
  for (const name of new Set([...wanted.keys(), ...reader.tensors.keys()])) {
    if (OTHERS.includes(name)) continue;
    const info = reader.tensors.get(name);
    const found = info && `${info.dtype} [${info.shape}]`;
    const expected = wanted.get(name);
    if (found !== undefined && expected?.includes(found)) continue;
    throw new UserError(
      `Cannot use "${reader.name}": its posteriors are ${title}: expected ` +
        `"${name}" ${expected?.join(" or ") ?? "not there"}, ` +
        `found ${found ?? "none"}`,
    );
  }
  return [...wanted.keys()];
}

/** Stored parts of posteriors of some views, by these names. */
async function readParts(
  reader: ArtifactReader,
  { parts, rows, views }: {
    readonly parts: readonly string[];
    readonly rows: readonly ImageView[];
    readonly views: number;
  },
): Promise<Readonly<Record<string, HostTensor>>> {
  const places = rows.map(({ image, view }) => image * views + view);
  // All at once: parts of a view lie in one shard, which is opened once.
  const read = await Promise.all(parts.map(async (name) => {
    const part = await readPicked(reader, name, { rows: places, axes: 2 });
    assertFinite(part, { file: reader.name, name });
    return [name, part] as const;
  }));
  return Object.fromEntries(read);
}

/** Random batches of cached posteriors: by seed, step and row alone. */
export function latentBatches(
  latents: LatentSource,
  { batch, order = "draws", classPower, seed, ...decay }: Decay & {
    readonly batch: number;
    readonly order?: OrderName | undefined;
    readonly classPower: number;
    readonly seed: number;
  },
): (step: number, options?: Partial<BatchOptions>) => Promise<Batch> {
  const all = { start: 0, count: batch };
  const pick = ORDERS[order]({
    count: latents.images,
    batch,
    seed,
    draw: drawByClass(latents, classPower),
  });
  return async (step, { rows: { start, count } = all } = {}) => {
    const rows = Array.from({ length: count }, (_, i) => {
      const row = start + i;
      const draws = new RandomStream({ seed, stream: "latents", step, row });
      const image = pick({ step, row, draws });
      const epoch = Math.floor((step * batch + row) / latents.images);
      const { viewsOf, centredOf } = latents;
      const augmented = draws.chance(decayedShare(decay, epoch));
      const label = latents.labels[image]!;
      const allowed = (augmented ? viewsOf : centredOf)[label]!;
      return { image, view: allowed[draws.integer(allowed.length)]! };
    });
    return {
      ...await latents.read(rows),
      classes: classesOf(latents, rows),
      ...bindRandom(seed, { step, rows: count, start }),
    };
  };
}

/** i32 [rows]: the classes of images. */
export function classesOf(
  { labels }: Pick<LatentSource, "labels">,
  rows: readonly Pick<ImageView, "image">[],
): HostTensor<"i32"> {
  const classes = Int32Array.from(rows, ({ image }) => labels[image]!);
  return hostTensor("i32", [rows.length], classes);
}
