import type { ArtifactReader } from "../../artifact/mod.ts";

/** How the images of a run are cut, whoever does them. */
export interface Cut {
  readonly images: number;
  /** Images of a batch; the last one may have fewer. */
  readonly batch: number;
}

/** A batch's first image and number of images. */
export interface BatchRows {
  readonly start: number;
  readonly count: number;
}

/** The tensors of finished batches, one after another. */
export interface Batches {
  readonly cut: Cut;
  /** The bytes of one tensor of each batch, in order. */
  pieces(
    tensor: string,
  ): AsyncIterable<BatchRows & { readonly data: Uint8Array }>;
}

/** The batches of an artifact that holds them all. */
export function batchesIn(whole: ArtifactReader, cut: Cut): Batches {
  return {
    cut,
    async *pieces(tensor) {
      for (let batch = 0; batch < batchesOf(cut); batch++) {
        const rows = rowsOf(cut, batch);
        yield { ...rows, data: await whole.readBytes(tensor, rows) };
      }
    },
  };
}

/** Number of batches. */
export function batchesOf({ images, batch }: Cut): number {
  return Math.ceil(images / batch);
}

/** Images of a batch. */
export function rowsOf(cut: Cut, batch: number): BatchRows {
  const start = batch * cut.batch;
  return { start, count: Math.min(cut.batch, cut.images - start) };
}
