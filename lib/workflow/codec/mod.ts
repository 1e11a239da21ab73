/**
 * Images to latents and back, a batch at a time: encoding views, drawing from
 * posteriors, decoding tokens.
 *
 * @module
 */
export {
  type ArInputs,
  type ArSource,
  checkArInputs,
  openArSource,
} from "./ar_source.ts";
export { cacheLatents } from "./cache.ts";
export type { Caching } from "./caching.ts";
export { countDecoding, countEncoding } from "./count.ts";
export { decodeTokens } from "./decode.ts";
export { drawEach, rowsFrom } from "./draw.ts";
export { type CachedViews, cachedViews } from "./cached_views.ts";
export { asOneView, encodeImages } from "./encode.ts";
export type { ArLatents } from "./encoded_latents.ts";
export {
  type ArFacts,
  arFacts,
  estimateCache,
  estimateReconstructions,
} from "./estimate.ts";
