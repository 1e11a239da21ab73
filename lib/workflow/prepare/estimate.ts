import {
  datasetSize,
  PICTURE_BYTES,
  type Split,
  type Store,
} from "../../../datasets/mod.ts";
import {
  type ArtifactFacts,
  FORM,
  type JsonRecord,
  plannedArtifact,
  type TensorSpec,
} from "../../artifact/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import { imageSizeOf } from "../sets/mod.ts";
import { RESIZED } from "./resized.ts";
import type { Settled } from "./settled.ts";
import { SPLITS } from "./splits.ts";

/** Bytes of a picture's id, such as `n01440764/n01440764_10026.JPEG`. */
const ID_BYTES = 30;

/** What a split is stored as: its form, and its tensors but for the labels. */
interface Stored {
  readonly config: JsonRecord;
  readonly tensors: Readonly<Record<string, TensorSpec>>;
}

/** What each store makes of some images. */
const STORED: Readonly<
  Record<Store, (images: number, settled: Settled) => Stored>
> = {
  pixels: (images, { size }) => pixels(images, size),
  original: (images) => files(images, PICTURE_BYTES),
  resized: (images, settled) =>
    files(images, RESIZED.about(settled, PICTURE_BYTES)),
  index: (images) => ({
    config: { [FORM]: "index" },
    tensors: {
      ...columns(images),
      containers: { dtype: "u32", shape: [images] },
    },
  }),
};

function pixels(images: number, size: number): Stored {
  return {
    config: { size },
    tensors: { images: { dtype: "u8", shape: [images, size, size, 3] } },
  };
}

function files(images: number, each: number): Stored {
  const bytes = Math.round(images * each);
  return {
    config: { [FORM]: "encoded" },
    tensors: { ...columns(images), bytes: { dtype: "u8", shape: [bytes] } },
  };
}

function columns(images: number): Readonly<Record<string, TensorSpec>> {
  return {
    offsets: { dtype: "U64", shape: [images] },
    lengths: { dtype: "u32", shape: [images] },
    ids: { dtype: "u8", shape: [images * ID_BYTES] },
    id_ends: { dtype: "u32", shape: [images] },
  };
}

/**
 * What `prepare` would leave, by what is known of the dataset before it is
 * opened.
 *
 * @throws {UserError} where the dataset cannot be read
 */
export async function estimatePrepare(settled: Settled): Promise<Estimate> {
  const { dataset, labels, heldoutShare, store } = settled;
  const { images, classes, assumed } = await datasetSize(dataset, { labels });
  const heldout = Math.floor(images * heldoutShare);
  const counts: Readonly<Record<Split, number>> = {
    train: images - heldout,
    heldout,
  };
  const planned = SPLITS.map((split) => {
    const { config, tensors } = STORED[store](counts[split], settled);
    const artifact = plannedArtifact(split, {
      kind: "images",
      tensors: {
        ...tensors,
        labels: { dtype: "i32", shape: [counts[split]] },
      },
      config: { ...config, classes, flips: classes.map(() => true) },
    });
    return [split, artifact] as const;
  });
  return {
    amount: `${images.toLocaleString("en-US")} images`,
    outputs: Object.fromEntries(planned),
    ...assumed !== undefined && { notes: [`assumes that ${assumed}`] },
  };
}

/** What `pick` would leave. */
export function estimatePick(
  set: ArtifactFacts,
  { count, size: wanted }: {
    readonly count: number;
    readonly size?: number | undefined;
  },
): Estimate {
  const { sizes: { images = 0 }, config } = set;
  const size = imageSizeOf(set, wanted);
  const picked = Math.min(count, images);
  const { classes, flips } = config;
  const left = plannedArtifact("images", {
    kind: "images",
    tensors: {
      ...pixels(picked, size).tensors,
      labels: { dtype: "i32", shape: [picked] },
    },
    config: { size, classes, flips },
  });
  return {
    amount: `${picked.toLocaleString("en-US")} images`,
    outputs: { images: left },
  };
}
