import type { FeatureModel } from "../../metric/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import type { Shards } from "../pieces/mod.ts";
import { featurePieces, type FeatureWork } from "./extract.ts";

/** Features that lie in pieces, read when they are asked for. */
export interface TakenFeatures {
  /** Numbers of each, by name. */
  readonly widths: Readonly<Record<string, number>>;
  /** Features [images, width]; all pieces must be there. */
  read(name: string): Promise<HostTensor>;
  /** Where they lie; those of other ranks may be missing. */
  readonly pieces: Shards;
}

/**
 * This process's share of the features of all images by a network, for this run
 * alone.
 *
 * @throws {UserError} where the images do not fit the network
 */
export async function takeFeatures(
  model: FeatureModel,
  work: FeatureWork,
): Promise<TakenFeatures> {
  const { batches, widths: all } = await featurePieces(model, work);
  const widths = Object.fromEntries(all);
  return {
    widths,
    pieces: batches,
    async read(name) {
      const width = widths[name]!;
      const { images } = batches.cut;
      const data = new Float32Array(images * width);
      const bytes = new Uint8Array(data.buffer);
      for await (const piece of batches.pieces(name)) {
        bytes.set(piece.data, piece.start * width * data.BYTES_PER_ELEMENT);
      }
      return hostTensor("f32", [images, width], data);
    },
  };
}
