import { CENTRE, gridImage, type Picture, type View } from "../../image/mod.ts";
import {
  type ImagePair,
  mean,
  peakSignalNoise,
  SIMILARITY_WINDOW,
  structuralSimilarity,
} from "../../metric/mod.ts";
import type { PerceptualName } from "../../model/mod.ts";
import { toBytes } from "../../sample/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import {
  bindRandom,
  vaeValidation,
  type VaeValidationOptions,
} from "../../train/mod.ts";
import type { ImageSource } from "../sets/mod.ts";
import { equalBatches, VALIDATION_STEP } from "./rows.ts";
import type { Validator } from "./validation.ts";

/** Images that a validation looks at, at most: their figures are made on the host. */
const MOST = 256;

/** Pairs in the grid, and in one of its rows. */
const SHOWN = 16;
const COLUMNS = 8;

/** What the perceptual distances of networks are called. */
const DISTANCES: Readonly<Record<PerceptualName, string>> = {
  "vgg16-lpips": "lpips",
  classifier: "perceptual",
};

/** How an S-VAE in training is validated. */
export interface ImageValidation extends VaeValidationOptions {
  /** Held-out images. */
  readonly images: ImageSource;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** PSNR, SSIM and LPIPS of reconstructions of held-out images, and a grid of them. */
export function imageValidator(
  { images, seed, signal, ...options }: ImageValidation,
): Validator {
  const { rows, batches } = equalBatches(images.count, {
    batch: options.batch,
    most: MOST,
  });
  const parts = vaeValidation({ ...options, batch: rows });
  const distanceName = options.perceptual &&
    DISTANCES[options.perceptual.network.name];
  const { size } = images;
  const whole = [rows * batches.length, size, size, 3] as const;
  return {
    by: "psnr",
    better: "higher",
    draws: true,
    async measure(moment) {
      const found = new Uint8Array(whole.reduce((a, b) => a * b));
      const reference = new Uint8Array(found.length);
      const distances: number[] = [];
      for (const [number, batch] of batches.entries()) {
        signal.throwIfAborted();
        const { reconstruction, distance } = await moment.probe(parts, {
          images: await images.render(batch.map(upright)),
          ...bindRandom(seed, { step: VALIDATION_STEP + number, rows }),
        });
        const start = number * rows * size * size * 3;
        found.set(toBytes(reconstruction!).data, start);
        reference.set((await images.read(batch)).data, start);
        if (distance) distances.push(distance.data[0]!);
      }
      const pair = {
        images: hostTensor("u8", whole, found),
        reference: hostTensor("u8", whole, reference),
      };
      return {
        figures: {
          ...figuresOf(pair),
          ...distanceName && { [distanceName]: mean(distances) },
        },
        picture: gridOf(pair.reference, pair.images),
      };
    },
  };
}

function upright(picture: number): View {
  return { picture, crop: CENTRE, flip: false };
}

/** PSNR and SSIM, means over images; SSIM where they are as large as its window. */
function figuresOf(pair: ImagePair): Record<string, number> {
  const large = pair.images.shape[1]! >= SIMILARITY_WINDOW;
  return {
    psnr: mean(peakSignalNoise(pair)),
    ...large && { ssim: mean(structuralSimilarity(pair)) },
  };
}

/** Rows of images, spread over a set, each above what became of it. */
function gridOf(
  reference: HostTensor<"u8">,
  images: HostTensor<"u8">,
): Picture<3> {
  const pictures: Picture[] = [];
  const all = images.shape[0]!;
  const count = Math.min(SHOWN, all);
  const columns = Math.min(COLUMNS, count);
  for (let start = 0; start < count; start += columns) {
    for (const set of [reference, images]) {
      for (let i = start; i < Math.min(start + columns, count); i++) {
        pictures.push(pictureOf(set, Math.floor(i * all / count)));
      }
    }
  }
  const scale = images.shape[1]! < 64 ? 2 : 1;
  return gridImage(pictures, { columns, scale }) as Picture<3>;
}

function pictureOf({ shape, data }: HostTensor<"u8">, row: number): Picture {
  const [, height, width] = shape as [number, number, number];
  const size = height * width * 3;
  const part = data.subarray(row * size, (row + 1) * size);
  return { width, height, channels: 3, data: part };
}
