import type { FileDType } from "./dtype.ts";

/** What a tensor of an artifact must be; a word in a shape is any size. */
export interface TensorRule {
  /** Stored element type, or several of which any will do. */
  readonly dtype: FileDType | readonly FileDType[];
  /** Equal words stand for equal sizes in the whole artifact. */
  readonly shape: readonly (number | string)[];
  /** Whether the artifact may lack it. */
  readonly optional?: boolean;
}

/** Rules of tensors by their names. */
export type TensorRules = Readonly<Record<string, TensorRule>>;

/** One of several forms that artifacts of a kind come in. */
export interface FormRule {
  /** A few words for people. */
  readonly summary: string;
  /** What is needed besides the artifact; nothing unless given. */
  readonly needs?: string;
  /** Tensors of fixed names, besides those of every form. */
  readonly tensors: TensorRules;
}

/** What an artifact of a kind must hold. */
export interface KindRule {
  /** One line for people. */
  readonly summary: string;
  /** Tensors of fixed names. */
  readonly tensors: TensorRules;
  /** Forms by what `config.form` says; the first one where it says nothing. */
  readonly forms?: Readonly<Record<string, FormRule>>;
  /** Whether tensors of other names are allowed. */
  readonly free: boolean;
  /** Of weights: how names start of what may stand beside those of the model. */
  readonly beside?: readonly string[];
}

/** Tensors of a training's log start with this. */
export const LOG_PREFIX = "log/";

/** Key of an artifact's configuration that says its form. */
export const FORM = "form";

const LABELS = { dtype: "I32", shape: ["images"] } as const;
const PIXELS = {
  dtype: "U8",
  shape: ["images", "height", "width", 3],
} as const;

/** Names of pictures in UTF-8, one after another, and where each ends. */
const IDS = {
  ids: { dtype: "U8", shape: ["id_bytes"] },
  id_ends: { dtype: "U32", shape: ["images"] },
} as const;

/** First byte and number of bytes of each picture. */
const RANGES = {
  offsets: { dtype: "U64", shape: ["images"] },
  lengths: { dtype: "U32", shape: ["images"] },
} as const;

/** Decoded images before they are rounded, about -1 to 1. */
const DECODED = {
  dtype: "F32",
  shape: ["images", 3, "height", "width"],
  optional: true,
} as const;

/** Some numbers of each image. */
function features(width: number | string) {
  return { dtype: "F32", shape: ["images", width] } as const;
}

/** Version of the artifact layer; readers refuse others. */
export const FORMAT_VERSION = "1";

/** Every kind of artifact. Weights have the names of their model. */
export const KINDS = {
  images: {
    summary: "Images with class labels",
    tensors: { labels: LABELS },
    forms: {
      pixels: {
        summary: "decoded, all of one size",
        tensors: { images: PIXELS },
      },
      encoded: {
        summary: "files as they are encoded, one after another",
        tensors: {
          bytes: { dtype: "U8", shape: ["bytes"] },
          ...RANGES,
          ...IDS,
        },
      },
      index: {
        summary: "where files lie in archives, tables and folders, which " +
          "config.containers names",
        needs: "the containers below, unchanged",
        tensors: {
          containers: { dtype: "U32", shape: ["images"] },
          ...RANGES,
          ...IDS,
        },
      },
    },
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
      mu: {
        dtype: ["F32", "F16"],
        shape: ["images", "views", "tokens", "latent"],
      },
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
    summary: "Features of images by a network, with class labels",
    tensors: { labels: { ...LABELS, optional: true } },
    forms: {
      "inception-2015-12-05": {
        summary: "by Inception: for FID, for sFID, logits without bias",
        tensors: {
          pool_3: features(2048),
          spatial: features(2023),
          logits: features(1008),
        },
      },
      "dinov2-vitl14": {
        summary: "by DINOv2: its class token",
        tensors: { cls: features("features") },
      },
      classifier: {
        summary: "by the small classifier",
        tensors: {
          features: features("features"),
          logits: features("classes"),
        },
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
  network: {
    summary: "Weights of a network whose features say what images show: " +
      "Inception, DINOv2",
    tensors: {},
    free: true,
  },
  statistics: {
    summary: "Means and covariances of the features of a reference",
    tensors: {},
    free: true,
  },
  metrics: { summary: "Measured figures", tensors: {}, free: true },
  diagnostics: {
    summary: "Figures of latents: their posteriors, and tokens by position",
    tensors: {},
    free: true,
  },
  shard: {
    summary: "Rows of an artifact that is a folder of such files",
    tensors: {},
    free: true,
  },
  checkpoint: {
    summary: "State of a training run that can go on",
    tensors: {},
    free: true,
  },
} as const satisfies Readonly<Record<string, KindRule>>;

/** The element types that a rule allows. */
export function dtypesOf(dtype: TensorRule["dtype"]): readonly FileDType[] {
  return typeof dtype === "string" ? [dtype] : dtype;
}

/** Name of a kind of artifact. */
export type ArtifactKind = keyof typeof KINDS;

/** Every kind's name. */
export const ARTIFACT_KINDS = Object.keys(KINDS) as ArtifactKind[];

/** The rule of a kind. */
export function kindRule(kind: ArtifactKind): KindRule {
  return KINDS[kind];
}
