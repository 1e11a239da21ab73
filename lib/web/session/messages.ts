import type { SamplingDefaults, WebModel } from "../model/web_model.ts";

/** How images are sampled: all that a recipe says besides seed, index and class. */
export type SamplingChoice = SamplingDefaults;

/** One image to sample: with the seed and the options, all that it depends on. */
export interface WantedImage {
  /** Index of the class. */
  readonly label: number;
  /** Number of the image in its run. */
  readonly index: number;
}

/** Images to sample. */
export interface SampleJob {
  readonly seed: number;
  readonly images: readonly WantedImage[];
  readonly choice: SamplingChoice;
}

/** What programs are compiled for: jobs of so many images with the same choice. */
export interface Preparation {
  readonly count: number;
  readonly choice: SamplingChoice;
}

/** Where the worker finds a model's shards: beside an address, or in the page. */
export type ShardPlace =
  | { readonly address: string }
  | { readonly blobs: Readonly<Record<string, Blob>> };

/** What a page asks of its worker. */
export type Request =
  | {
    readonly type: "open";
    readonly model: WebModel;
    readonly place: ShardPlace;
    /** How the GPU is asked for. */
    readonly adapter: GPURequestAdapterOptions;
    /** What is compiled while the model is read. */
    readonly first: Preparation;
  }
  /** Compiles what jobs will need. */
  | { readonly type: "prepare"; readonly wanted: Preparation }
  | { readonly type: "sample"; readonly id: number; readonly job: SampleJob }
  /** Ends the job at hand, or the download. */
  | { readonly type: "cancel" };

/** Some images of a job, finished or in the making. */
export interface Picture {
  /** Which of the job's images. */
  readonly position: number;
  /** RGB, row by row. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** f32 [N, d]; tokens to come are zeros. */
  readonly tokens: Float32Array<ArrayBuffer>;
  /** Tokens that are there. */
  readonly finished: number;
}

/** What a worker tells its page. */
export type Reply =
  | {
    readonly type: "downloading";
    readonly bytes: number;
    readonly of: number;
  }
  /** The GPU went away: it is asked for anew, and the job begins again. */
  | { readonly type: "lost" }
  /** The model is here and the GPU answers. */
  | { readonly type: "opened"; readonly device: string }
  | {
    readonly type: "compiling";
    readonly kernels: number;
    /** Grows with each program. */
    readonly of: number;
  }
  | { readonly type: "prepared" }
  | {
    readonly type: "sampling";
    readonly id: number;
    /** Tokens of all images of the job. */
    readonly tokens: number;
    readonly of: number;
  }
  | {
    readonly type: "pictures";
    readonly id: number;
    readonly pictures: readonly Picture[];
  }
  | { readonly type: "finished"; readonly id: number }
  | { readonly type: "cancelled" }
  | {
    readonly type: "failed";
    readonly during: Request["type"];
    readonly reason: string;
  };
