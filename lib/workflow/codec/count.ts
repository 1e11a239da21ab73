import { vaeGrid } from "../../model/mod.ts";
import { FrozenModel } from "../../nn/mod.ts";
import { encoderParts, ImageDecoder, type VaeModel } from "../../sample/mod.ts";
import {
  countRuns,
  type ProgramRuns,
  timesRuns,
  zeros,
} from "../../tensor/mod.ts";

/** How many images, and how many at once. */
interface Amount {
  readonly images: number;
  readonly batch: number;
}

/** Runs of the encoder for some images; the last batch is filled up. */
export async function countEncoding(
  vae: VaeModel,
  { images, batch }: Amount,
): Promise<readonly ProgramRuns[]> {
  const runs = await countRuns(async (engine) => {
    const encoder = await FrozenModel.create(engine, encoderParts(vae, batch));
    await encoder.run({});
  });
  return timesRuns(runs, Math.ceil(images / batch));
}

/** Runs of the decoder for some images, as batches of a sampler are decoded. */
export async function countDecoding(
  vae: VaeModel,
  { images, batch }: Amount,
): Promise<readonly ProgramRuns[]> {
  const { config } = vae;
  const z = zeros("f32", [batch, vaeGrid(config) ** 2, config.latent_dim]);
  const runs = await countRuns(async (engine) => {
    const decoder = await ImageDecoder.create(engine, vae, batch);
    await decoder.decode(z, { count: batch, traced: false });
  });
  return timesRuns(runs, Math.ceil(images / batch));
}
