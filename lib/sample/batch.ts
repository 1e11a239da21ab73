import type { ArConfig } from "../model/mod.ts";
import { type Guidance, isGuided } from "./guidance.ts";

/** Bytes that the caches of one batch may take. */
const CACHE_BYTES = 2 * 2 ** 30;
/** Images past which a batch of small models gains little. */
const MOST_IMAGES = 80;
/** Images come in fours, where as many fit: kernels work on rows by tiles. */
const TILE_IMAGES = 4;
const FLOAT_BYTES = 4;

/**
 * Images of a batch where nobody says how many: as many as keep the caches of
 * keys and values within 2 GiB, 80 at most.
 *
 * The last digits of images depend on how many are computed at once, so this
 * depends on the model and its guidance alone, never on the machine.
 */
export function imagesInBatch(config: ArConfig, guidance: Guidance): number {
  const { n_layer, dim, cls_token_num, grid } = config;
  const positions = cls_token_num + grid * grid - 1;
  const rows = isGuided(guidance) ? 2 : 1;
  const bytes = 2 * n_layer * dim * positions * rows * FLOAT_BYTES;
  const fitting = Math.min(MOST_IMAGES, Math.floor(CACHE_BYTES / bytes));
  const spare = fitting > TILE_IMAGES ? fitting % TILE_IMAGES : 0;
  return Math.max(1, fitting - spare);
}
