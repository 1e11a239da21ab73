import type { FileDType } from "./dtype.ts";

/** What a tensor of an artifact must be; a word in a shape is any size. */
export interface TensorRule {
  /** Stored element type. */
  readonly dtype: FileDType;
  /** Equal words stand for equal sizes in the whole artifact. */
  readonly shape: readonly (number | string)[];
  /** Whether the artifact may lack it. */
  readonly optional?: boolean;
}

/** What an artifact of a kind must hold. */
export interface KindRule {
  /** One line for people. */
  readonly summary: string;
  /** Tensors of fixed names. */
  readonly tensors: Readonly<Record<string, TensorRule>>;
  /** Whether tensors of other names are allowed. */
  readonly free: boolean;
  /** Of weights: how names start of what may stand beside those of the model. */
  readonly beside?: readonly string[];
}

/** Tensors of a training's log start with this. */
export const LOG_PREFIX = "log/";

const LABELS = { dtype: "I32", shape: ["images"] } as const;
const PIXELS = {
  dtype: "U8",
  shape: ["images", "height", "width", 3],
} as const;

/** Decoded images before they are rounded, about -1 to 1. */
const DECODED = {
  dtype: "F32",
  shape: ["images", 3, "height", "width"],
  optional: true,
} as const;

/** Version of the artifact layer; readers refuse others. */
export const FORMAT_VERSION = "1";

/** Every kind of artifact. Weights have the names of their model. */
export const KINDS = {
  images: {
    summary: "Images with class labels",
    tensors: { images: PIXELS, labels: LABELS },
    free: false,
  },
  svae: {
    summary: "Weights of a VAE, of any backbone and posterior",
    tensors: {},
    free: true,
    beside: [LOG_PREFIX],
  },
  latents: {
    summary: "Posterior of every view of every image (mu, and what else its " +
      "law has), with class labels",
    tensors: {
      mu: { dtype: "F32", shape: ["images", "views", "tokens", "latent"] },
      labels: LABELS,
      sample: {
        dtype: "F32",
        shape: ["images", "views", "tokens", "latent"],
        optional: true,
      },
    },
    free: true,
  },
  ar: {
    summary: "Weights of an autoregressive transformer with its head",
    tensors: {},
    free: true,
    beside: [LOG_PREFIX],
  },
  model: {
    summary: "Weights of a whole generator: AR model, head, and S-VAE as vae.*",
    tensors: {},
    free: true,
  },
  tokens: {
    summary: "Latent tokens with class labels, and what they decode to",
    tensors: {
      tokens: { dtype: "F32", shape: ["images", "tokens", "latent"] },
      labels: LABELS,
      decoded: DECODED,
    },
    free: false,
  },
  samples: {
    summary: "Generated images with class labels and latent tokens",
    tensors: {
      images: PIXELS,
      labels: LABELS,
      tokens: {
        dtype: "F32",
        shape: ["images", "tokens", "latent"],
        optional: true,
      },
      decoded: DECODED,
    },
    free: false,
  },
  features: {
    summary: "Features of images, with class labels and logits",
    tensors: {
      features: { dtype: "F32", shape: ["images", "features"] },
      labels: { ...LABELS, optional: true },
      logits: {
        dtype: "F32",
        shape: ["images", "classes"],
        optional: true,
      },
    },
    free: false,
  },
  classifier: {
    summary: "Weights of a small image classifier",
    tensors: {},
    free: true,
    beside: [LOG_PREFIX],
  },
  perceptual: {
    summary:
      "Weights of a perceptual network: VGG16 with LPIPS's linear layers",
    tensors: {},
    free: true,
  },
  metrics: { summary: "Measured figures", tensors: {}, free: true },
  diagnostics: {
    summary: "Figures of latents: their posteriors, and tokens by position",
    tensors: {},
    free: true,
  },
  checkpoint: {
    summary: "State of a training run that can go on",
    tensors: {},
    free: true,
  },
} as const satisfies Readonly<Record<string, KindRule>>;

/** Name of a kind of artifact. */
export type ArtifactKind = keyof typeof KINDS;

/** Every kind's name. */
export const ARTIFACT_KINDS = Object.keys(KINDS) as ArtifactKind[];

/** The rule of a kind. */
export function kindRule(kind: ArtifactKind): KindRule {
  return KINDS[kind];
}
