import { join } from "node:path";
import {
  canonicalJson,
  type JsonRecord,
  writeBytesAtomic,
} from "../../artifact/mod.ts";
import { encodePng, gridImage, type Picture } from "../../image/mod.ts";
import { type ByteArrayPieces, NPZ_MADE, writeNpz } from "../../interop/mod.ts";
import type { OutputSlot, RecipeMetadata } from "../../pipeline/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { type Batches, type BatchRows, writeJoined } from "../pieces/mod.ts";
import { drawnScale, picturesOf } from "../sets/mod.ts";

/** Where samples go; at least one of these is asked for. */
export type SampleOutputs = Readonly<
  Record<"samples" | "npz" | "png" | "grid" | "trace", OutputSlot | undefined>
>;

/** What files of `--png` are called. */
export const PNG_NAMES = /^\d{6,}\.png$/;

/** Most images of a grid. */
const MOST_IN_GRID = 100;

/** Finished batches and what they are of. */
export interface Finished {
  readonly batches: Batches;
  /** Height and width in pixels. */
  readonly size: number;
  /** Tokens of an image, and numbers of a token. */
  readonly token: readonly [tokens: number, d: number];
  /** Name of each image's class. */
  readonly titles: readonly string[];
  /** Number of each image, by which its picture is called. */
  readonly indices: Uint32Array;
  /** What artifacts say of the samples. */
  readonly config: JsonRecord;
  /** How they were made, where that was before. */
  readonly made?: Partial<RecipeMetadata>;
  readonly pictures: PictureStore;
}

/** Writes what was asked for from finished batches, one batch in memory at a time. */
export async function writeOutputs(
  { samples, npz, png, grid, trace }: SampleOutputs,
  finished: Finished,
): Promise<void> {
  const { images } = finished.batches.cut;
  const { size, token: [tokens, d] } = finished;
  const common = {
    labels: { dtype: "I32", shape: [images] },
    tokens: { dtype: "F32", shape: [images, tokens, d] },
  } as const;
  const decoded = { dtype: "F32", shape: [images, 3, size, size] } as const;
  const pixels = { dtype: "U8", shape: [images, size, size, 3] } as const;
  const { batches, config } = finished;
  if (samples !== undefined) {
    const tensors = { ...common, images: pixels };
    await writeJoined(samples, { tensors, config, batches });
  }
  if (trace !== undefined) {
    const tensors = { decoded, ...common };
    await writeJoined(trace, { tensors, config, batches });
  }
  if (npz !== undefined) {
    const pieces = bytesOf(finished.batches);
    const { made = npz.made() } = finished;
    await writeNpz(await npz.createFile(), {
      arr_0: { shape: pixels.shape, pieces },
      [NPZ_MADE]: bytesOfText(canonicalJson({ config, ...made })),
    });
  }
  if (png !== undefined) await writePictures(png, finished);
  await grid?.writeFile(await drawGrid(finished));
}

function bytesOfText(text: string): ByteArrayPieces {
  const bytes = new TextEncoder().encode(text);
  return { shape: [bytes.length], pieces: [bytes] };
}

async function* bytesOf(batches: Batches): AsyncGenerator<Uint8Array> {
  for await (const { data } of batches.pieces("images")) yield data;
}

/** PNG files that are written while others are still sampled. */
export class PictureStore {
  private readonly place: (name: string) => string;

  /** @param place gives a path in the folder that all ranks share */
  constructor(place: (name: string) => string) {
    this.place = place;
  }

  /** Encodes the images of a batch. */
  async add(images: HostTensor<"u8">, rows: BatchRows): Promise<void> {
    await Promise.all(
      picturesOf(images).map(async (picture, k) => {
        const bytes = await encodePng(picture);
        await writeBytesAtomic(this.path(rows.start, k), bytes);
      }),
    );
  }

  /** Where image `k` of the batch that begins with image `start` is kept. */
  path(start: number, k: number): string {
    return this.place(`pictures/${start}/${start + k}.png`);
  }
}

/** Takes the pictures that are there and encodes what is missing. */
async function writePictures(
  slot: OutputSlot,
  { batches, size, pictures, indices }: Finished,
): Promise<void> {
  const folder = await slot.createFolder(PNG_NAMES);
  try {
    for await (const { start, count, data } of batches.pieces("images")) {
      const all = picturesOf({ data, shape: [count, size, size, 3] });
      for (const [k, picture] of all.entries()) {
        const name = `${String(indices[start + k]).padStart(6, "0")}.png`;
        const taken = await Deno.link(
          pictures.path(start, k),
          join(folder.path, name),
        ).then(() => true, () => false);
        if (!taken) await folder.write(name, await encodePng(picture));
      }
    }
    await folder.commit();
  } catch (error) {
    await folder.abort();
    throw error;
  }
}

/** The first images over their classes. */
async function drawGrid(
  { batches, size, titles }: Finished,
): Promise<Uint8Array> {
  const pictures: Picture[] = [];
  for await (const { count, data } of batches.pieces("images")) {
    pictures.push(...picturesOf({ data, shape: [count, size, size, 3] }));
    if (pictures.length >= MOST_IN_GRID) break;
  }
  return await samplesGrid(pictures.slice(0, MOST_IN_GRID), titles);
}

/**
 * A PNG file of images over their classes, as near to a square as they go.
 *
 * @param titles of the images, in their order
 */
export async function samplesGrid(
  pictures: readonly Picture[],
  titles: readonly string[],
): Promise<Uint8Array> {
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const scale = drawnScale(pictures[0]!.width);
  const captions = titles.slice(0, pictures.length);
  return await encodePng(gridImage(pictures, { columns, scale, captions }));
}
