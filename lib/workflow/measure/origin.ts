import { z } from "zod";
import type { JsonRecord } from "../../artifact/mod.ts";
import type { PictureOrigin } from "../features/mod.ts";

const ORIGIN = z.object({
  formats: z.record(z.string(), z.number()),
  lossy: z.array(z.string()),
  resizedTo: z.number().optional(),
});

/**
 * What images were as pictures, by what an artifact of their features or
 * statistics says of them; undefined where they were none.
 */
export function originIn(images: unknown): PictureOrigin | undefined {
  const { data } = z.object({ pictures: ORIGIN }).safeParse(images);
  if (data === undefined) return undefined;
  const { resizedTo, ...rest } = data.pictures;
  return { ...rest, ...resizedTo !== undefined && { resizedTo } };
}

/** What is said of pictures beside figures: formats, and what became of them. */
export function originText(origin: PictureOrigin | undefined): string {
  if (origin === undefined) return "";
  const { formats, resizedTo } = origin;
  const kinds = Object.keys(formats).sort().join(" and ");
  const cut = resizedTo === undefined ? "" : `, resized to ${resizedTo} pixels`;
  return ` (${kinds}${cut})`;
}

/** The origin as artifacts say it, where there is one. */
export function originSaid(origin: PictureOrigin | undefined): JsonRecord {
  return origin === undefined ? {} : { pictures: origin };
}
