import type { StageContext } from "../../pipeline/mod.ts";
import { ImageDecoder, type VaeModel } from "../../sample/mod.ts";
import { type Engine, type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { rowsFrom } from "./draw.ts";

/**
 * Decodes the tokens of images, a batch at a time.
 *
 * @param tokens f32 [n, N, d]
 * @returns u8 [n, H, W, 3]
 */
export async function decodeTokens(
  vae: VaeModel,
  { tokens, batch, engine, progress, signal }:
    & Pick<StageContext, "progress" | "signal">
    & {
      readonly tokens: HostTensor;
      readonly batch: number;
      readonly engine: Engine;
    },
): Promise<HostTensor<"u8">> {
  const { image_size: size } = vae.config;
  const count = tokens.shape[0]!;
  const pixels = size * size * 3;
  const out = new Uint8Array(count * pixels);
  const decoder = await ImageDecoder.create(engine, vae, batch);
  const task = progress.start({
    total: count,
    unit: "image",
  });
  for (let start = 0; start < count; start += batch) {
    signal.throwIfAborted();
    const part = { count: Math.min(batch, count - start), traced: false };
    const { images } = await decoder.decode(
      rowsFrom(tokens, start, batch),
      part,
    );
    out.set(images.data, start * pixels);
    task.advance(part.count);
  }
  task.finish();
  decoder.dispose();
  return hostTensor("u8", [count, size, size, 3], out);
}
