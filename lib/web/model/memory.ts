import { type Guidance, imagesInBatch } from "../../sample/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { batchSize } from "../session/batches.ts";
import { bytesOf, type TensorPlace, type WebModel } from "./web_model.ts";

/** Bytes of a number on the GPU. */
const FLOAT_BYTES = 4;

/** Channels that a decoder's largest feature map has, for each of its pixels. */
const MAP_CHANNELS = 64;

/** Feature maps of that size that live at once. */
const MAPS = 3;

/** Pixels in one call of a decoder. */
const PIXELS_IN_CALL = 2 ** 20;

/** What a model takes of a GPU, about. */
export interface MemoryNeed {
  /** Of the download, which stays there. */
  readonly weights: number;
  /** Of everything: weights, caches of attention, the decoder's maps. */
  readonly total: number;
  /** Of the largest piece that must lie together. */
  readonly largest: number;
}

/** What sampling `count` pictures takes. */
export function memoryNeed(model: WebModel, count: number): MemoryNeed {
  const { ar, vae, defaults: { cfg, cfgSchedule: schedule } } = model;
  const guidance: Guidance = { cfg, schedule };
  const batch = batchSize(count, { ar, guidance });
  const positions = ar.cls_token_num + ar.grid ** 2 - 1;
  const rows = cfg > 1 ? 2 * batch : batch;
  const cache = ar.dim * positions * rows * FLOAT_BYTES;
  const pixels = Math.min(PIXELS_IN_CALL, batch * vae.image_size ** 2);
  const map = pixels * MAP_CHANNELS * FLOAT_BYTES;
  const weights = bytesOf(model);
  return {
    weights,
    total: weights + 2 * ar.n_layer * cache + MAPS * map,
    largest: Math.max(largestTensor(model), cache, map),
  };
}

function largestTensor({ tensors: { ar, vae } }: WebModel): number {
  const bytes = ({ dtype, shape }: TensorPlace) =>
    sizeOf(shape) * ({ f16: 2, q8: 1 }[dtype as string] ?? FLOAT_BYTES);
  const places = [...Object.values(ar), ...Object.values(vae)];
  return Math.max(0, ...places.map(bytes));
}

/** The most pictures of a batch whose pieces a GPU can hold; 0 where none fits. */
export function mostThatFit(model: WebModel, bufferBytes: number): number {
  const { ar, defaults: { cfg, cfgSchedule: schedule } } = model;
  let count = imagesInBatch(ar, { cfg, schedule });
  while (count > 0 && memoryNeed(model, count).largest > bufferBytes) count--;
  return count;
}

/** Bytes as people say them. */
export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
