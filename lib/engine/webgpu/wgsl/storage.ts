import type { Tensor, TensorType } from "../../../tensor/mod.ts";
import type { ImageFormat } from "./images.ts";

/** How the floats of a storage are kept where they do not take a word each. */
export type Format =
  /** As f16: read and written by adapters that have `shader-f16`. */
  | "half"
  /** As f16, two a word: read by every adapter, written by none. */
  | "half words"
  /** As signed bytes, four a word, that scales multiply: read only. */
  | "bytes";

/** Memory that a kernel binds: by identity. Tensors are their own. */
export interface Storage extends TensorType {
  /** How its floats are kept; a word each unless given. */
  readonly format?: Format;
}

/** All host inputs of a run, one after another, as words. */
export const INPUTS: Storage = { dtype: "u32", shape: [] };

/** All constants of a program, one after another, as words. */
export const CONSTANTS: Storage = { dtype: "u32", shape: [] };

/** Where the elements of a stored tensor are. */
export interface Home {
  readonly storage: Storage;
  /** Words before its first element, in storage that is shared. */
  readonly offset?: number;
  /** What multiplies its bytes: one number for so many of a row, [rows, blocks]. */
  readonly scales?: Storage;
}

/** What a kernel knows of the tensors around it. */
export interface Homes {
  /** Where a tensor is; undefined where it is computed where it is read. */
  home(tensor: Tensor): Home | undefined;
  /** Whether a storage lies in one buffer with others. */
  isTemporary(storage: Storage): boolean;
  /** Words of the elements of a storage. */
  wordsOf(storage: Storage): number;
  /** Words that one binding may cover; storages with more are bound in windows. */
  readonly windowWords: number;
  /** Whether kernels read through images what they do not write. */
  readonly readsImages: boolean;
  /** In how many pieces a kernel's grid is dispatched. */
  piecesOf(kernel: {
    readonly workgroups: number;
    readonly flops: number;
    readonly bytes: number;
  }): number;
}

/** One storage buffer of a kernel, a window of one, or the image of one. */
export interface Binding {
  readonly storage: Storage;
  readonly writes: boolean;
  /** First word; the beginning unless given. */
  readonly start?: number;
  /** Words; all unless given. */
  readonly words?: number;
  /** The format of the image, where one is bound. */
  readonly image?: ImageFormat;
}
