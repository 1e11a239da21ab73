import process from "node:process";
import { openEncoded } from "../../datasets/mod.ts";
import { WHITE } from "../../lib/image/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { Ahead } from "../../lib/train/mod.ts";
import {
  decodedImages,
  type ImageSource,
  imageViews,
} from "../../lib/workflow/sets/mod.ts";

/** How images are loaded on both sides. */
export interface Loading {
  /** An archive in ImageNet's official layout. */
  readonly archive: string;
  /** Height and width of the crops in pixels. */
  readonly size: number;
  /** Images of a batch. */
  readonly batch: number;
  readonly workers: number;
}

/** The pictures of an archive as a training reads them. */
export async function openSource(
  { archive, size, workers }: Loading,
): Promise<ImageSource> {
  const pictures = await openEncoded(`imagenet:${archive}`);
  const { count } = pictures;
  return decodedImages({
    name: archive,
    count,
    labels: Int32Array.from({ length: count }, (_, k) => pictures.label(k)),
    classes: pictures.classes.map(({ name }) => name),
    flips: pictures.classes.map(() => true),
    background: WHITE,
    title: (index) => pictures.title(index),
    place: (index) => pictures.place(index),
    bytes: (index) => pictures.bytes(index),
    close: () => pictures.close(),
  }, { size, workers });
}

/** What loading some images took. */
export interface Turn {
  /** Seconds from the first batch to the last of so many more images. */
  readonly seconds: number;
  /** Seconds of all processors for as many. */
  readonly processor: number;
}

/** Loads a batch, and so many more images. */
export async function timedTurn(
  source: ImageSource,
  { batch }: Loading,
  count: number,
): Promise<Turn> {
  const views = imageViews(source, {
    batch,
    order: "epochs",
    augmentation: "random-crop",
    minFraction: 0.8,
    seed: 0,
    mayFlip: () => true,
  });
  const steps = Math.floor(count / batch);
  const batches = new Ahead<HostTensor<"f32">>({
    from: 0,
    to: 1 + steps,
    make: (step, used) => source.render(views(step), used),
  });
  let shown = await batches.take();
  const before = processorSeconds();
  const started = performance.now();
  for (let step = 0; step < steps; step++) {
    batches.prepare();
    const next = await batches.take();
    batches.giveBack(shown);
    shown = next;
  }
  const share = count / (steps * batch);
  return {
    seconds: (performance.now() - started) / 1000 * share,
    processor: (processorSeconds() - before) * share,
  };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
