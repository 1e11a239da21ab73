import type { z } from "zod";
import {
  type JsonRecord,
  readTextFile,
  UserError,
} from "../../lib/artifact/mod.ts";
import { AR_CONFIG, KL_CONFIG, VAE_CONFIG } from "../shared/model_sizes.ts";

const SIZES = AR_CONFIG.extend(VAE_CONFIG.shape)
  .extend(KL_CONFIG.omit({ backbone: true }).shape).partial();

/** Sizes of either model that a person gives, by the release's names. */
export type GivenSizes = z.infer<typeof SIZES>;

/** Largest file of sizes. */
const MAX_BYTES = 1_000_000;

/**
 * Reads sizes from a JSON file: flat, or below `ar` and `vae` as recordings
 * have them. Other keys are left alone.
 *
 * @throws {UserError} naming the file, the key, what was expected and what was found
 */
export async function readSizes(path: string): Promise<GivenSizes> {
  const text = await readTextFile(path, { maxBytes: MAX_BYTES });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = (error as Error).message;
    throw new UserError(`Cannot read "${path}": it is not JSON: ${detail}`);
  }
  const top = recordOf(value);
  const parsed = SIZES.safeParse({
    ...top,
    ...recordOf(top["ar"]),
    ...recordOf(top["vae"]),
  });
  if (!parsed.success) {
    const { path: key, message } = parsed.error.issues[0]!;
    throw new UserError(`Cannot use "${path}": ${key.join(".")}: ${message}`);
  }
  const { image_size, patch_size } = parsed.data;
  const known = image_size !== undefined && patch_size !== undefined;
  return { ...known && { grid: image_size / patch_size }, ...parsed.data };
}

function recordOf(value: unknown): JsonRecord {
  const plain = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  return plain ? value as JsonRecord : {};
}
