import { z } from "zod";
import type { Engine } from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";
import type { Check } from "./check.ts";
import { discriminatorCase } from "./discriminator.ts";

const CONFIG = z.object({ image_size: z.int().min(4).max(1_024) });

/** The StyleGAN discriminator; its channels are what its weights show. */
export async function* styleganCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const { image_size } = recording.config(CONFIG);
  yield* discriminatorCase(recording, engine, {
    config: { name: "stylegan", channels: channels(recording) },
    size: image_size,
  });
}

/** Channels of the first convolution and of each block's shortcut. */
function channels({ reader }: Recording): number[] {
  const convolutions = ["blocks.0"];
  const shortcut = () => `blocks.${convolutions.length + 1}.conv_res`;
  const shapeOf = (path: string) =>
    reader.tensors.get(`weights/${path}.weight`)?.shape;
  while (shapeOf(shortcut()) !== undefined) convolutions.push(shortcut());
  return convolutions.map((path) => shapeOf(path)?.[0] ?? 0);
}
