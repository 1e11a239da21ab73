import type {
  ArConfig,
  FeatureNetworkConfig,
  PerceptualConfig,
  VaeConfig,
} from "../lib/model/mod.ts";
import type { Guidance } from "../lib/sample/mod.ts";
import type { WeightsDType } from "../lib/workflow/options/mod.ts";

/** Sizes of each kind of work; the peer reads the same JSON. */
interface WorkSizes {
  /** One optimiser step of the AR model and its head on fixed latents. */
  readonly "ar-training": {
    readonly ar: ArConfig;
    readonly batch: number;
    /** Fresh noise levels per token (the release's diff_batch_mul). */
    readonly diffBatchMul: number;
  };
  /** One optimiser step of the S-VAE: L1 and KL. */
  readonly "svae-training": {
    readonly vae: VaeConfig;
    readonly batch: number;
    readonly klWeight: number;
  };
  /** The same with a perceptual term, and a PatchGAN with its own optimiser step. */
  readonly "svae-gan-training": {
    readonly vae: VaeConfig;
    readonly batch: number;
    readonly klWeight: number;
    /** The frozen network, with random weights. */
    readonly perceptual: PerceptualConfig;
    readonly ndf: number;
    readonly n_layers: number;
    /** Images that our batch norms norm together; the peer's norm all. */
    readonly batchNormRows: number;
  };
  /** One token of a batch of images by Euler-Maruyama, the release's solver. */
  readonly "sampling": {
    readonly ar: ArConfig;
    readonly images: number;
    /** Stochastic steps; the solver adds its last one. */
    readonly steps: number;
    readonly guidance: Guidance;
    /** What our matrices are held in; f32 if absent, as the peer's always are. */
    readonly weights?: WeightsDType;
  };
  /** Whole images, from classes to pixels that the host has. */
  readonly "images": WorkSizes["sampling"] & { readonly vae: VaeConfig };
  /** Decoding of a batch of latents into images. */
  readonly "decoding": {
    readonly vae: VaeConfig;
    readonly images: number;
  };
  /** What a network says of a batch of images, from their bytes on. */
  readonly "features": {
    readonly network: FeatureNetworkConfig;
    /** Height and width of the images in pixels, before they are resized. */
    readonly size: number;
    readonly images: number;
  };
}

/** Name of a kind of work. */
export type WorkKind = keyof WorkSizes;

/** What both sides of a comparison do, sizes by the release's names. */
export type Work<K extends WorkKind = WorkKind> = {
  readonly [P in K]: { readonly kind: P } & WorkSizes[P];
}[K];

/** One side of a comparison, set up and warm. */
export interface Contestant {
  /**
   * Does the work some times over.
   *
   * @returns seconds of each time
   */
  measure(iterations: number): Promise<readonly number[]>;
  /** Frees what it holds. */
  close(): Promise<void>;
}
