import {
  cachedAttention,
  sliceAt,
  type Tensor,
  updateSlice,
} from "../tensor/mod.ts";
import type { Mix, Parameters } from "../nn/mod.ts";
import { arAngles, type ArConfig, runBlocks } from "../model/mod.ts";

/** A layer's cache of keys or values by name: `keys.0`, `values.0`, `keys.1` .. */
export type CacheKind = "keys" | "values";

/** Shape of a cache [R, H, T, D / H]; the last token is never read. */
export function cacheShape(
  { n_head, dim, cls_token_num, grid }: ArConfig,
  rows: number,
): number[] {
  return [rows, n_head, cls_token_num + grid * grid - 1, dim / n_head];
}

/**
 * The blocks at positions `position` on, x [R, L, D]: attention reads the
 * caches, and they take the new rows.
 *
 * @returns the states [R, L, D], and the next cache of each kind and layer by name
 */
export function cachedBlocks(
  p: Parameters,
  x: Tensor,
  { config, position, cache }: {
    readonly config: ArConfig;
    /** i32 []. */
    readonly position: Tensor;
    readonly cache: (kind: CacheKind, layer: number) => Tensor;
  },
): { states: Tensor; caches: Record<string, Tensor> } {
  const caches: Record<string, Tensor> = {};
  const mixes = (layer: number): Mix => ([q, k, v]) => {
    const keys = cache("keys", layer);
    const values = cache("values", layer);
    const at = { start: position, axis: 2 };
    caches[`keys.${layer}`] = updateSlice(keys, k, at);
    caches[`values.${layer}`] = updateSlice(values, v, at);
    const scale = q.shape[3]! ** -0.5;
    return cachedAttention({ q, k, v, keys, values, position, scale });
  };
  const all = arAngles(config);
  const rows = { axis: 0, size: x.shape[1]! };
  const angles = {
    cosine: sliceAt(all.cosine, position, rows),
    sine: sliceAt(all.sine, position, rows),
  };
  const states = runBlocks(p, x, { config, angles, mixes });
  return { states, caches };
}
