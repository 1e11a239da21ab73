import { dirname } from "node:path";
import { requireRoom } from "../../artifact/mod.ts";
import { lawOf } from "../../model/mod.ts";
import { byteText } from "../../pipeline/mod.ts";
import type { VaeModel } from "../../sample/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import { joinShares, Shards } from "../pieces/mod.ts";
import {
  type HostPosterior,
  mapPosterior,
  storedPosterior,
} from "../sets/mod.ts";
import type { Caching } from "./caching.ts";
import { ViewEncoder } from "./encode.ts";
import { needsScale } from "./scale.ts";
import { imageBytes, joinLatents, partsOf } from "./latent_pieces.ts";

/** Bytes of a piece, about: what a kill can cost, and what is held. */
const PIECE_BYTES = 2 ** 22;

/** The same of a shard: a million images are not to become a million files. */
const SHARD_BYTES = 2 ** 25;

/** Shards of small sets, so that a kill costs little of these, too. */
const LEAST_SHARDS = 64;

/**
 * Encodes views of all images as an AR model is to have them, in pieces of some
 * images, of which one is held at a time; the last process joins them, or makes
 * them the shards of a folder. Posteriors off the sphere are scaled (see
 * {@linkcode scaledLaw}).
 *
 * @returns how many pieces are missing yet, where other ranks do them
 */
export async function cacheLatents(
  vae: VaeModel,
  caching: Caching,
): Promise<number | undefined> {
  const { images, views, scratch, log, dtype = "f32" } = caching;
  const bytes = imageBytes(vae.config, { views: views.count, dtype });
  const shards = new Shards(scratch, {
    cut: {
      images: images.count,
      batch: caching.piece ?? pieceOf(bytes, caching),
    },
    kind: "shard",
    needs: partsOf(lawOf(vae.config)),
  });
  log.info(
    `${images.count} images x ${views.count} views: ` +
      `${byteText(bytes * images.count)} in ${shards.batches} pieces`,
  );
  await requireRoomFor(vae, shards, { ...caching, bytes });
  await encodePieces(vae, shards, caching);
  return await joinShares(shards, {
    ...caching,
    write: () => joinLatents(vae.config, shards, caching),
  });
}

/** Images of a piece: whole batches, so that few of them are filled up. */
function pieceOf(bytes: number, { images, batch, output }: Caching): number {
  const wanted = output.inFolder
    ? Math.min(SHARD_BYTES / bytes, images.count / LEAST_SHARDS)
    : PIECE_BYTES / bytes;
  return batch * Math.max(1, Math.round(wanted / batch));
}

/**
 * Refuses what will not fit: the pieces that are not there, those at a scale that
 * is measured, and the file that they are joined to.
 *
 * @throws {UserError} naming the folder, what is needed and what is left
 */
async function requireRoomFor(
  { config }: VaeModel,
  shards: Shards,
  { images, output, scratch, bytes }: Caching & { readonly bytes: number },
): Promise<void> {
  const missing = (await shards.missing())
    .reduce((sum, piece) => sum + shards.rows(piece).count, 0);
  const again = [
    needsScale(lawOf(config)),
    output.path !== undefined && !output.inFolder,
  ].filter((written) => written).length;
  await requireRoom(dirname(scratch("pieces")), {
    needed: bytes * (missing + again * images.count),
    text: byteText,
  });
}

/** Encodes the pieces of this process that are not there. */
async function encodePieces(
  vae: VaeModel,
  shards: Shards,
  { images, views, dtype = "f32", share, progress, ...tools }: Caching,
): Promise<void> {
  const { missing, images: owed, done } = await shards.shareOf(share);
  if (missing.length === 0) return;
  const encoder = await ViewEncoder.create(vae, tools);
  const task = progress.start({
    total: owed * views.count,
    done: done * views.count,
    unit: "view",
  });
  for (const piece of missing) {
    const { start, count } = shards.rows(piece);
    const shown = Array.from(
      { length: count },
      (_, i) => views.of(start + i),
    ).flat();
    const posterior = await encoder.encode(images, shown, {
      signal: tools.signal,
      onViews: (count) => task.advance(count),
    });
    const stored = storedPosterior(posterior, lawOf(vae.config), dtype);
    await shards.write(piece, byImage(stored, count));
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
