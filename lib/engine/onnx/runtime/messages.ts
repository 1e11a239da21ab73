import type { OnnxType } from "../model.ts";
import type { Step } from "../plan.ts";
import type { BackendOptions, StoredModel } from "./backend.ts";

/** Number of a tensor that the worker holds. */
export type TensorId = number;

/** What the engine asks its worker to do; requests are served in order. */
export type Request =
  | {
    readonly kind: "open";
    readonly options: BackendOptions;
    /** "auto" binds the library directly where that works. */
    readonly binding: "auto" | "ffi" | "js";
  }
  | {
    readonly kind: "hold";
    readonly id: TensorId;
    readonly type: OnnxType;
    readonly shape: readonly number[];
    readonly memory: SharedArrayBuffer;
  }
  | { readonly kind: "drop"; readonly ids: readonly TensorId[] }
  | {
    readonly kind: "load";
    readonly id: number;
    readonly models: readonly StoredModel[];
    readonly steps: readonly Step[];
  }
  | { readonly kind: "unload"; readonly id: number }
  | {
    readonly kind: "run";
    /** A loaded plan. */
    readonly id: number;
    /** The tensor in each slot. */
    readonly tensors: readonly TensorId[];
  }
  | { readonly kind: "close" };

/** What the worker found when it opened a backend. */
export interface Opened {
  readonly kind: "ffi" | "js";
  readonly version: string;
  /** Whether denormals are flushed on the worker's thread. */
  readonly flushesDenormals: boolean;
  /** Channels in a block of the blocked layout; null where it is not used. */
  readonly block: number | null;
  /** Why the library is not bound directly. */
  readonly reason?: string;
}

/** One answer a request, in order. */
export type Reply =
  | { readonly call: number; readonly result?: Opened }
  | { readonly call: number; readonly error: string };
