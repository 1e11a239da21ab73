import type { PicturePlace } from "../../../container/mod.ts";
import type { Canvas, Crop } from "../../../image/mod.ts";

/** What a worker is told first. */
export interface Setup {
  readonly canvas: Canvas;
  /** Shared by all workers, which decode large pictures in turns. */
  readonly turn: Int32Array<SharedArrayBuffer>;
}

/** A picture to be decoded, and what is to be cut out of it. */
export interface PictureTask {
  /** What people know the picture by. */
  readonly name: string;
  /** Where its bytes lie, or they themselves. */
  readonly source: PicturePlace | Uint8Array<ArrayBuffer>;
  readonly crops: readonly Crop[];
  /** Where the crops go, shared: u8 [crops, size, size, 3]. */
  readonly out: Uint8Array<SharedArrayBuffer>;
}

/** What a worker is sent. */
export type Message = { readonly setup: Setup } | {
  readonly id: number;
  readonly task: PictureTask;
};

/** What it answers: that a task is done, or why not. */
export interface Reply {
  readonly id: number;
  /** What is wrong with the picture. */
  readonly refused?: string;
  /** What is wrong with us. */
  readonly failed?: string;
}
