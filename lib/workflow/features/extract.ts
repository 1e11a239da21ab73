import type { JsonRecord } from "../../artifact/mod.ts";
import { FeatureExtractor, type FeatureModel } from "../../metric/mod.ts";
import { featureNetworkOf } from "../../model/mod.ts";
import {
  byteText,
  type OutputSlot,
  type StageContext,
} from "../../pipeline/mod.ts";
import { type Engine, type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { Ahead } from "../../train/mod.ts";
import {
  type BatchRows,
  joinShares,
  Shards,
  writeJoined,
} from "../pieces/mod.ts";
import { fitImages, type Fitting, fittingOf } from "./fitting.ts";
import type { PixelSource } from "./pixels.ts";

/** Bytes of the features of a piece, about: what a kill can cost. */
const PIECE_BYTES = 2 ** 22;

/** Whose features are taken, and with what. */
export interface FeatureWork
  extends
    Pick<StageContext, "progress" | "signal" | "scratch" | "share" | "log"> {
  readonly images: PixelSource;
  /** Images in one engine call. */
  readonly batch: number;
  /** Images of a piece; as their features fill some bytes unless given. */
  readonly piece?: number;
  /** Opens the engine, where there is work for it. */
  engine(): Promise<Engine>;
}

/** The same, with where they go. */
export interface Extraction extends FeatureWork {
  readonly output: OutputSlot;
  /** What the artifact says of the network's file and of the images. */
  readonly config: JsonRecord;
}

/** Features in pieces, those of this process all there. */
export interface FeaturePieces {
  readonly batches: Shards;
  readonly fitting: Fitting;
  /** Numbers of each feature, by name. */
  readonly widths: readonly (readonly [string, number])[];
}

/**
 * Takes this process's share of the features of all images, in pieces that
 * survive a kill.
 *
 * @throws {UserError} where the images do not fit the network
 */
export async function featurePieces(
  model: FeatureModel,
  work: FeatureWork,
): Promise<FeaturePieces> {
  const { images, scratch, log } = work;
  const network = featureNetworkOf(model.config);
  const widths = Object.entries(network.widths(model.config));
  const bytes = 4 * widths.reduce((sum, [, width]) => sum + width, 0);
  const fitting = fittingOf(model, images);
  const batches = new Shards(scratch, {
    cut: {
      images: images.count,
      batch: work.piece ?? pieceOf(bytes, work),
    },
    kind: "shard",
    needs: widths.map(([name]) => name),
  });
  log.info(
    `${images.count} images: ${byteText(bytes * images.count)} in ` +
      `${batches.batches} pieces`,
  );
  await extractPieces(model, batches, { ...work, fitting });
  return { batches, fitting, widths };
}

/**
 * Features of all images by a network, in pieces that survive a kill and that
 * ranks share; of the images and their features one piece is held at a time.
 *
 * @returns how many pieces are missing yet, where other ranks do them
 */
export async function extractFeatures(
  model: FeatureModel,
  extraction: Extraction,
): Promise<number | undefined> {
  const { images, output } = extraction;
  const pieces = await featurePieces(model, extraction);
  const { batches, fitting, widths } = pieces;
  const specs = widths.map(([name, width]) =>
    [name, { dtype: "F32", shape: [images.count, width] }] as const
  );
  const { name: form, ...sizes } = model.config;
  return await joinShares(batches, {
    ...extraction,
    async write() {
      // The output says which engine made it, also where no piece was missing.
      await extraction.engine();
      await writeJoined(output, {
        tensors: Object.fromEntries(specs),
        whole: images.labels === undefined ? {} : { labels: images.labels },
        config: {
          form,
          ...sizes,
          height: images.height,
          width: images.width,
          resize: fitting.resize,
          ...extraction.config,
        },
        batches,
      });
    },
  });
}

/** Images of a piece: whole batches, so that few of them are filled up. */
function pieceOf(bytes: number, { batch }: FeatureWork): number {
  return batch * Math.max(1, Math.round(PIECE_BYTES / bytes / batch));
}

/** The engine calls of a piece. */
function callsOf(rows: BatchRows, batch: number): BatchRows[] {
  const count = Math.ceil(rows.count / batch);
  return Array.from({ length: count }, (_, i) => ({
    start: rows.start + i * batch,
    count: Math.min(batch, rows.count - i * batch),
  }));
}

/**
 * Images of the calls, which are read, decoded and resized while the engine looks
 * at others; one after another, since some archives are inflated as they are read.
 */
function fittedAhead(
  images: PixelSource,
  calls: readonly BatchRows[],
  fitting: Fitting,
): Ahead<HostTensor> {
  let last: Promise<unknown> = Promise.resolve();
  return new Ahead({
    from: 0,
    to: calls.length,
    make(call) {
      const fitted = last.then(async () =>
        fitImages(await images.read(calls[call]!), fitting)
      );
      last = fitted.catch(() => {});
      return fitted;
    },
    bytesOf: ({ data }) => data.byteLength,
  });
}

/** Takes the features of the pieces of this process that are not there. */
async function extractPieces(
  model: FeatureModel,
  shards: Shards,
  { images, fitting, batch, share, progress, signal, engine }:
    & FeatureWork
    & { readonly fitting: Fitting },
): Promise<void> {
  const { missing, images: owed, done } = await shards.shareOf(share);
  if (missing.length === 0) return;
  const extractor = await FeatureExtractor.create(await engine(), model, {
    ...fitting,
    batch,
  });
  const pieces = missing.map((piece) => callsOf(shards.rows(piece), batch));
  const given = fittedAhead(images, pieces.flat(), fitting);
  const task = progress.start({ total: owed, done, unit: "image" });
  try {
    for (const [i, piece] of missing.entries()) {
      const parts: Record<string, Float32Array[]> = {};
      for (const { count } of pieces[i]!) {
        signal.throwIfAborted();
        const running = extractor.extract(await given.take());
        given.prepare();
        for (const [name, { data }] of Object.entries(await running)) {
          (parts[name] ??= []).push(data);
        }
        task.advance(count);
      }
      await shards.write(piece, joined(parts, shards.rows(piece).count));
    }
    task.finish();
  } finally {
    await given.settled();
    extractor.dispose();
  }
}

/** Rows one after another, as tensors of a piece. */
function joined(
  parts: Readonly<Record<string, readonly Float32Array[]>>,
  rows: number,
): Record<string, HostTensor> {
  const entries = Object.entries(parts).map(([name, pieces]) => {
    const length = pieces.reduce((sum, { length }) => sum + length, 0);
    const data = new Float32Array(length);
    let filled = 0;
    for (const piece of pieces) {
      data.set(piece, filled);
      filled += piece.length;
    }
    return [name, hostTensor("f32", [rows, length / rows], data)] as const;
  });
  return Object.fromEntries(entries);
}
