import type { Tensor } from "../../tensor/mod.ts";
import { type DiscriminatorConfig, discriminatorOf } from "../../model/mod.ts";
import { Parameters } from "../../nn/mod.ts";
import type { RealAndFake } from "./losses.ts";

/** What the game is played with. */
export interface GameParts {
  /** The discriminator's parameters. */
  readonly parameters: Parameters;
  /** As they are before the step. */
  readonly buffers: Readonly<Record<string, Tensor>>;
  /** [B, 3, H, W]. */
  readonly images: Tensor;
  /** [B, 3, H, W]. */
  readonly reconstruction: Tensor;
}

/** Logits of a discriminator's passes in one step. */
export interface Passes extends RealAndFake {
  /** Of the reconstructions, in the generator's pass. */
  readonly forGenerator: Tensor;
  /** Next values of the discriminator's buffers. */
  readonly buffers: Readonly<Record<string, Tensor>>;
}

/**
 * The passes of one step. Batch norms see the reconstructions for the
 * generator, then the images, then the reconstructions again, as in the
 * release; with the same weights the logits of both times are one tensor.
 */
export function discriminatorPasses(
  { parameters, images, reconstruction, ...given }: GameParts,
  { config, rows }: {
    readonly config: DiscriminatorConfig;
    /** Images that are normed together. */
    readonly rows: number;
  },
): Passes {
  const network = discriminatorOf(config);
  const judge = (seen: Tensor, before: GameParts["buffers"]) => {
    const buffers = new Parameters(before);
    return network.logits(parameters, seen, { config, rows, buffers });
  };
  const first = judge(reconstruction, given.buffers);
  const second = judge(images, first.buffers);
  const { logits: fake, buffers } = judge(reconstruction, second.buffers);
  return { forGenerator: first.logits, real: second.logits, fake, buffers };
}
