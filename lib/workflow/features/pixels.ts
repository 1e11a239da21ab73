import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import {
  areEncoded,
  checkImages,
  decodedImages,
  type ImageSource,
  openEncodedImages,
  openImages,
  type PictureSurvey,
  surveyPictures,
} from "../sets/mod.ts";

/** Some images that follow each other. */
interface Rows {
  readonly start: number;
  readonly count: number;
}

/** What pictures were before they were decoded. */
export interface PictureOrigin extends Pick<PictureSurvey, "formats"> {
  /** Formats of some in which pixels were lost. */
  readonly lossy: readonly string[];
  /** Height and width that some were resized to be cut to, in pixels. */
  readonly resizedTo?: number;
}

/** Images that are read in their order, some at a time. */
export interface PixelSource extends Disposable {
  /** For messages. */
  readonly name: string;
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
  /** i32 [count], where their classes are known. */
  readonly labels?: HostTensor;
  /** What they were as pictures, where they were encoded. */
  readonly origin?: PictureOrigin;
  /** Where images have names and may be read in any order. */
  readonly named?: NamedImages;
  /** Some that follow each other: u8 [count, H, W, 3]. */
  read(rows: Rows): Promise<HostTensor<"u8">>;
}

/** Images that have names. */
export interface NamedImages {
  /** Unique, with its extension. */
  id(index: number): string;
  /** u8 [images, H, W, 3]. */
  read(images: readonly number[]): Promise<HostTensor<"u8">>;
}

/** How images are opened. */
export interface PixelOptions extends Partial<ShownWork> {
  /** Height and width that encoded images are cut to. */
  readonly size?: number | undefined;
  /** The same, where they have no size of their own. */
  readonly otherwise?: number | undefined;
}

type ShownWork = Pick<StageContext, "progress" | "signal">;

/**
 * Opens images or samples.
 *
 * Encoded images that are squares of one size are taken as they are, unless
 * another size is asked for.
 *
 * @throws {UserError} when there are none, they are no squares, or nobody says
 *   what encoded ones of different sizes are cut to
 */
export async function openPixels(
  reader: ArtifactReader,
  options: PixelOptions = {},
): Promise<PixelSource> {
  const { name, sizes: { images: count = 0, height = 0, width = 0 } } = reader;
  if (areEncoded(reader)) return await openEncoded(reader, options);
  if (reader.kind === "images") {
    return pixelsOf(reader, await openImages(reader, options.size));
  }
  if (count === 0) {
    throw new UserError(`Cannot use "${name}": it holds no images`);
  }
  return {
    name,
    count,
    height,
    width,
    ...reader.tensors.has("labels") && { labels: await reader.read("labels") },
    read: async (rows) =>
      await reader.readRows("images", rows) as HostTensor<"u8">,
    [Symbol.dispose]() {},
  };
}

/** Pictures that are decoded when they are read. */
async function openEncoded(
  reader: ArtifactReader,
  { size: asked, otherwise, progress, signal }: PixelOptions,
): Promise<PixelSource> {
  checkImages(reader, asked);
  const encoded = await openEncodedImages(reader);
  try {
    const total = encoded.count;
    const task = progress?.start({ label: "look", total, unit: "picture" });
    const survey = await surveyPictures(encoded, {
      signal,
      onPictures: (count) => task?.advance(count),
    });
    task?.finish();
    const size = cutOf(reader, survey, { asked, otherwise });
    checkImages(reader, size);
    const source = decodedImages(encoded, { size });
    const asTheyAre = survey.size?.every((side) => side === size) &&
      reader.config["store"] !== "resized";
    return {
      ...pixelsOf(reader, source),
      origin: {
        formats: survey.formats,
        lossy: survey.lossy,
        ...!asTheyAre && { resizedTo: size },
      },
      named: {
        id: (index) => encoded.id(index),
        read: (images) => source.read(images),
      },
    };
  } catch (error) {
    encoded.close();
    throw error;
  }
}

/**
 * What encoded images are cut to.
 *
 * @throws {UserError} where nothing says it
 */
function cutOf(
  { name, config }: ArtifactReader,
  { size, unlike }: PictureSurvey,
  { asked, otherwise }: {
    readonly asked: number | undefined;
    readonly otherwise: number | undefined;
  },
): number {
  const scaledFor = config["size"];
  const isMeant = typeof scaledFor === "number";
  // Pictures that were scaled to be cropped are no images yet.
  const own = !isMeant && size?.[0] === size?.[1] ? size?.[0] : undefined;
  const cut = asked ?? own ?? otherwise ?? (isMeant ? scaledFor : undefined);
  if (cut !== undefined) return cut;
  throw new UserError(
    `Cannot use "${name}": its pictures ` +
      (unlike === undefined
        ? `are ${size?.join(" x ")}, expected squares`
        : `have different sizes (${unlike}), expected one size`) +
      ": prepare --size N, or extract-features --size N, cuts squares out of them",
  );
}

/** A source of images as one that reads rows. */
function pixelsOf(reader: ArtifactReader, source: ImageSource): PixelSource {
  const { count, size, labels: data } = source;
  return {
    name: reader.name,
    count,
    height: size,
    width: size,
    ...reader.config["isLabelled"] !== false && {
      labels: { dtype: "i32", shape: [count], data },
    },
    read: ({ start, count }) =>
      source.read(Array.from({ length: count }, (_, i) => start + i)),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}
