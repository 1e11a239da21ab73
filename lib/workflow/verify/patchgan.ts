import { z } from "zod";
import type { Engine } from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";
import type { Check } from "./check.ts";
import { discriminatorCase } from "./discriminator.ts";

const CONFIG = z.object({
  ndf: z.int().min(1).max(1_024),
  n_layers: z.int().min(1).max(8),
  image_size: z.int().min(1).max(4_096),
});

/** The PatchGAN discriminator with its batch norms. */
export async function* patchganCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const { image_size, ndf, n_layers } = recording.config(CONFIG);
  yield* discriminatorCase(recording, engine, {
    config: { name: "patchgan", ndf, n_layers },
    size: image_size,
  });
}
