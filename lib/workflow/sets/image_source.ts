import type { View } from "../../image/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import type { Labelled } from "./labelled.ts";

/** Labelled images of one size, which are read when they are asked for. */
export interface ImageSource extends Labelled, Disposable {
  readonly count: number;
  /** Height and width in pixels. */
  readonly size: number;
  /** Some images as they are, the middle square of larger ones: u8 [images, size, size, 3]. */
  read(images: readonly number[]): Promise<HostTensor<"u8">>;
  /**
   * Views of images, in [-1, 1].
   *
   * @param used a tensor that may be written to, and may be the result
   * @returns f32 [views, 3, size, size]
   */
  render(
    views: readonly View[],
    used?: HostTensor<"f32">,
  ): Promise<HostTensor<"f32">>;
  /** Lets go what it holds, such as workers; the artifact stays open. */
  [Symbol.dispose](): void;
}
