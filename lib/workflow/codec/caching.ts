import type { OutputSlot, StageContext } from "../../pipeline/mod.ts";
import type { LatentDType } from "../../preset/mod.ts";
import type { Engine } from "../../tensor/mod.ts";
import type { ImageSource } from "../sets/mod.ts";
import type { CachedViews } from "./cached_views.ts";

/** What is cached, and with what. */
export interface Caching extends
  Pick<
    StageContext,
    "progress" | "signal" | "seed" | "scratch" | "share" | "log"
  > {
  readonly images: ImageSource;
  readonly views: CachedViews;
  /** What vectors are stored in; f32 unless given. */
  readonly dtype?: LatentDType | undefined;
  /** Views in one engine call. */
  readonly batch: number;
  /** Images of a piece; as fits memory unless given. */
  readonly piece?: number;
  readonly engine: Engine;
  readonly output: OutputSlot;
}
