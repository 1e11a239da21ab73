import {
  add,
  mean,
  mul,
  neg,
  relu,
  softplus,
  sub,
  type Tensor,
} from "../../tensor/mod.ts";

/** What generator and discriminator lower, from the discriminator's logits. */
export interface AdversarialLoss {
  /** For people, with its source. */
  readonly title: string;
  /** Of the generator, from logits of what it made. */
  generator(fake: Tensor): Tensor;
  /** Of the discriminator. */
  discriminator(logits: RealAndFake): Tensor;
}

/** Logits of images and of what a generator made. */
export interface RealAndFake {
  readonly real: Tensor;
  readonly fake: Tensor;
}

/** Half of what is lost on images and on what was made. */
function half(real: Tensor, fake: Tensor): Tensor {
  return mul(add(mean(real), mean(fake)), 0.5);
}

/** The cross-entropy of telling images (1) from what was made (0). */
function crossEntropy({ real, fake }: RealAndFake): Tensor {
  return half(softplus(neg(real)), softplus(fake));
}

/**
 * Every adversarial loss.
 *
 * Departure: the release gives its non-saturating losses the arguments of the
 * cross-entropy in the wrong order, and has no generator loss for "vanilla".
 */
export const ADVERSARIAL_LOSSES = {
  hinge: {
    title: "hinge (Lim and Ye 2017)",
    generator: (fake) => neg(mean(fake)),
    discriminator: ({ real, fake }) =>
      half(relu(sub(1, real)), relu(add(fake, 1))),
  },
  vanilla: {
    title: "minimax (Goodfellow et al. 2014)",
    generator: (fake) => neg(mean(softplus(fake))),
    discriminator: crossEntropy,
  },
  "non-saturating": {
    title: "non-saturating (Goodfellow et al. 2014)",
    generator: (fake) => mean(softplus(neg(fake))),
    discriminator: crossEntropy,
  },
} as const satisfies Readonly<Record<string, AdversarialLoss>>;

/** Name of an adversarial loss. */
export type AdversarialLossName = keyof typeof ADVERSARIAL_LOSSES;
