import {
  abs,
  add,
  broadcastTo,
  mean,
  mul,
  reshape,
  scalar,
  select,
  square,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import {
  type ArConfig,
  decode,
  encode,
  headVelocity,
  posteriorOf,
  type PosteriorParts,
  teacherForcedStates,
  type VaeConfig,
} from "../model/mod.ts";
import type { Term } from "./objective.ts";

/** What a forward pass of the S-VAE yields. */
export interface VaeForward {
  /** Parts of the posteriors by name. */
  readonly posterior: PosteriorParts;
  /** Divergence of each posterior from the prior, [B, N] or [B, N, d]. */
  readonly kl: Tensor;
  /** Draws [B, N, d]. */
  readonly z: Tensor;
  /** [B, 3, H, W]. */
  readonly reconstruction: Tensor;
  /** Reconstruction less image, [B, 3, H, W]. */
  readonly error: Tensor;
}

/**
 * A VAE: encodes, draws from the posterior, decodes (Section 3.1).
 *
 * @param images [B, 3, H, W] in [-1, 1]
 * @param options.draw latents [B, N, d] from the posterior
 */
export function vaeForward(
  p: Parameters,
  images: Tensor,
  { config, draw }: {
    config: VaeConfig;
    draw: (posterior: PosteriorParts) => Tensor;
  },
): VaeForward {
  const posterior = encode(p, images, config);
  const z = draw(posterior);
  const reconstruction = decode(p, z, config);
  const error = sub(reconstruction, images);
  const kl = posteriorOf(config).divergence(posterior);
  return { posterior, kl, z, reconstruction, error };
}

/** How far reconstructions are from images, one of {@linkcode RECONSTRUCTION_ERRORS}. */
export interface ReconstructionError {
  /** For people. */
  readonly title: string;
  /** The mean error, of reconstruction less image [B, 3, H, W]. */
  of(difference: Tensor): Tensor;
}

/** Every error of reconstructions, by name in logs; one is lowered, all are reported. */
export const RECONSTRUCTION_ERRORS = {
  l1: { title: "mean absolute error", of: (error) => mean(abs(error)) },
  l2: { title: "mean squared error", of: (error) => mean(square(error)) },
} as const satisfies Readonly<Record<string, ReconstructionError>>;

/** One of {@linkcode RECONSTRUCTION_ERRORS}. */
export type ReconstructionErrorName = keyof typeof RECONSTRUCTION_ERRORS;

/** Mean KL divergence of the posteriors from the prior (footnote 2: of all numbers). */
export function meanDivergence({ kl }: Pick<VaeForward, "kl">): Tensor {
  return mean(kl);
}

/**
 * The ELBO, of Eq. 3 on the sphere and Eq. 1 off it, negated: the L1 or the
 * squared error stands for the likelihood, as in the release.
 */
export function vaeTerms(
  { klWeight, reconstruction = "l1" }: {
    klWeight: number;
    reconstruction?: ReconstructionErrorName | undefined;
  },
): Term<VaeForward>[] {
  const errors = Object.entries(RECONSTRUCTION_ERRORS).map((
    [name, { of }],
  ) => ({
    name,
    weight: name === reconstruction ? 1 : 0,
    of: ({ error }: VaeForward) => of(error),
  }));
  return [...errors, { name: "kl", weight: klWeight, of: meanDivergence }];
}

/** What the AR objective is computed from. */
export interface ArBatch {
  /** [B, N, d], of length sqrt(d) where the law says so. */
  readonly latents: Tensor;
  /** i32 [B]. */
  readonly classes: Tensor;
  /** Which labels are dropped: bool [B]. */
  readonly dropped: Tensor;
  /** Times in (0, 1): [diffBatchMul B N], copy-major. */
  readonly t: Tensor;
  /** [diffBatchMul B N, d]. */
  readonly noise: Tensor;
}

/** What a forward pass of the AR model yields. */
export interface ArForward {
  /** [B, N, D], before `pos_for_diff`. */
  readonly states: Tensor;
  readonly loss: Tensor;
}

/**
 * The AR objective (Section 3.2, Eq. 7 and 8): rectified flow on every
 * token under teacher forcing; each token is used `diffBatchMul` times with fresh
 * noise and time.
 */
export function arForward(
  p: Parameters,
  { latents, classes, dropped, t, noise }: ArBatch,
  config: ArConfig,
): ArForward {
  const none = scalar(config.num_classes, "i32");
  const conditions = select(dropped, none, classes);
  const states = teacherForcedStates(p, {
    latents,
    classes: conditions,
    config,
  });
  const [batch, tokens, d] = latents.shape as [number, number, number];
  const rows = batch * tokens;
  const positioned = add(states, p.get("pos_for_diff.weight"));
  const condition = reshape(positioned, [rows, config.dim]);
  const target = repeatRows(
    reshape(latents, [rows, d]),
    noise.shape[0]! / rows,
  );
  // Eq. 7: z^t = (1 - t) z^0 + t z^1, with noise as z^0.
  const time = reshape(t, [-1, 1]);
  const x = add(mul(sub(1, time), noise), mul(time, target));
  const velocity = headVelocity(p.at("head.net"), x, { t, condition, config });
  // Eq. 8; a mean over the d numbers too, as in the release.
  const loss = mean(square(sub(velocity, sub(target, noise))));
  return { states, loss };
}

/** x [R, W] again and again: [times R, W]. */
function repeatRows(x: Tensor, times: number): Tensor {
  const [rows, width] = x.shape as [number, number];
  const repeated = broadcastTo(reshape(x, [1, rows, width]), [
    times,
    rows,
    width,
  ]);
  return reshape(repeated, [times * rows, width]);
}
