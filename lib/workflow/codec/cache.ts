import type { TensorSpec } from "../../artifact/mod.ts";
import { type LatentLaw, lawOf } from "../../model/mod.ts";
import type { OutputSlot, StageContext } from "../../pipeline/mod.ts";
import type { VaeModel } from "../../sample/mod.ts";
import { type Engine, hostTensor } from "../../tensor/mod.ts";
import { joinShares, Shards, writeJoined } from "../pieces/mod.ts";
import {
  type HostPosterior,
  type ImageSource,
  mapPosterior,
} from "../sets/mod.ts";
import { type CachedView, ViewEncoder } from "./encode.ts";
import { scaledLaw } from "./scale.ts";

/** Numbers that a piece holds, about: what a kill can cost, and what is held. */
const PIECE_NUMBERS = 2 ** 20;

/** What is cached, and with what. */
export interface Caching extends
  Pick<
    StageContext,
    "progress" | "signal" | "seed" | "scratch" | "share" | "log"
  > {
  readonly images: ImageSource;
  readonly views: readonly CachedView[];
  /** Views in one engine call. */
  readonly batch: number;
  /** Images of a piece; as fits memory unless given. */
  readonly piece?: number;
  readonly engine: Engine;
  readonly output: OutputSlot;
}

/**
 * Encodes views of all images as an AR model is to have them, in pieces of some
 * images, of which one is held at a time; the last process joins them. Posteriors
 * off the sphere are scaled (see {@linkcode scaledLaw}).
 *
 * @returns how many pieces are missing yet, where other ranks do them
 */
export async function cacheLatents(
  vae: VaeModel,
  caching: Caching,
): Promise<number | undefined> {
  const { images, scratch, piece = pieceOf(vae, caching) } = caching;
  const shards = new Shards(scratch, {
    cut: { images: images.count, batch: piece },
    kind: "latents",
  });
  await encodePieces(vae, shards, caching);
  return await joinShares(shards, {
    ...caching,
    write: () => join(vae, shards, caching),
  });
}

/** Images of a piece: whole batches, so that few of them are filled up. */
function pieceOf(
  { config: { latent_dim, image_size, patch_size } }: VaeModel,
  { views, batch }: Caching,
): number {
  const tokens = (image_size / patch_size) ** 2;
  const ofImage = views.length * tokens * (latent_dim + 1);
  return batch * Math.max(1, Math.round(PIECE_NUMBERS / ofImage / batch));
}

/** Encodes the pieces of this process that are not there. */
async function encodePieces(
  vae: VaeModel,
  shards: Shards,
  { images, views, share, progress, ...tools }: Caching,
): Promise<void> {
  const { missing, images: owed, done } = await shards.shareOf(share);
  if (missing.length === 0) return;
  const encoder = await ViewEncoder.create(vae, tools);
  const task = progress.start({
    total: owed * views.length,
    done: done * views.length,
    unit: "view",
  });
  for (const piece of missing) {
    const { start, count } = shards.rows(piece);
    const shown = Array.from(
      { length: count },
      (_, i) => views.map((view) => ({ picture: start + i, ...view })),
    ).flat();
    const posterior = await encoder.encode(images, shown, {
      signal: tools.signal,
      onViews: (count) => task.advance(count),
    });
    const labels = images.labels.slice(start, start + count);
    await shards.write(piece, {
      ...byImage(posterior, count),
      labels: hostTensor("i32", [count], labels),
    });
  }
  task.finish();
  encoder.dispose();
}

/** [images views, ..] as [images, views, ..]. */
function byImage(posterior: HostPosterior, images: number): HostPosterior {
  return mapPosterior(
    posterior,
    ({ dtype, shape: [rows, ...rest], data }) =>
      hostTensor(dtype, [images, rows! / images, ...rest], data as never),
  );
}

/** Writes the artifact from all pieces, at the scale that all of them give. */
async function join(
  vae: VaeModel,
  shards: Shards,
  { images, views, output, ...tools }: Caching,
): Promise<void> {
  const own = lawOf(vae.config);
  const law = await scaledLaw(own, posteriorsIn(shards), tools);
  const factor = factorOf(law, own);
  const tensors: Record<string, TensorSpec> = {};
  const first = await readPiece(shards, 0);
  for (const [name, { dtype, shape }] of Object.entries(first)) {
    tensors[name] = { dtype, shape: [images.count, ...shape.slice(1)] };
  }
  tensors["labels"] = { dtype: "i32", shape: [images.count] };
  await writeJoined(output, {
    tensors,
    config: {
      classes: images.classes,
      flips: images.flips,
      mirrored: views.map(({ flip }) => flip),
      svae: vae.config,
      ...law,
    },
    batches: shards,
    change: (name, data) => name === "labels" ? data : scaled(data, factor),
  });
}

/** What latents are multiplied by where their scale was measured. */
function factorOf(measured: LatentLaw, own: LatentLaw): number {
  return own.latent_scale === undefined ? measured.latent_scale ?? 1 : 1;
}

/** Bytes of f32 numbers times a factor: every part is a length. */
function scaled(data: Uint8Array, factor: number): Uint8Array {
  if (factor === 1) return data;
  const { buffer, byteOffset, length } = data.slice();
  const numbers = new Float32Array(buffer, byteOffset, length / 4);
  const lengths = numbers.map((number) => number * factor);
  return new Uint8Array(lengths.buffer);
}

/** Posteriors of the images, a piece at a time. */
async function* posteriorsIn(shards: Shards): AsyncGenerator<HostPosterior> {
  for (let piece = 0; piece < shards.batches; piece++) {
    yield await readPiece(shards, piece);
  }
}

async function readPiece(
  shards: Shards,
  piece: number,
): Promise<HostPosterior> {
  const reader = await shards.open(piece);
  try {
    const { labels: _, ...parts } = Object.fromEntries(await reader.readAll());
    return mapPosterior(parts, (part) => part);
  } finally {
    reader.close();
  }
}
