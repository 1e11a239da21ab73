import { table } from "../../pipeline/mod.ts";
import { resolvePreset } from "../../preset/checked.ts";
import {
  type Preset,
  PRESET_NAMES,
  type Published,
  publishedOf,
} from "../../preset/mod.ts";

/** A row of the table of presets. */
export interface ListedPreset {
  readonly name: string;
  readonly summary: string;
  readonly numbers: Preset;
  readonly published?: Published | undefined;
}

/** Every preset of the table. */
export async function listPresets(): Promise<readonly ListedPreset[]> {
  const rows = PRESET_NAMES.map(async (name) => {
    const { summary, numbers } = await resolvePreset({ preset: name });
    return { name, summary, numbers, published: publishedOf(name) };
  });
  return await Promise.all(rows);
}

/** Heads of the columns of {@linkcode listedCells}. */
export const LISTED = ["preset", "pixels", "FID", "what it is"];

/** A preset as cells of a table: name, side of its images, FID, summary. */
export function listedCells(
  { name, summary, numbers, published }: ListedPreset,
): readonly string[] {
  const { fid } = published ?? {};
  const pixels = numbers.vae?.image_size;
  return [name, `${pixels ?? ""}`, fid?.toFixed(2) ?? "", summary];
}

/** The table of presets as text for people. */
export function listText(rows: readonly ListedPreset[]): string {
  return table([LISTED, ...rows.map(listedCells)], { right: [1, 2] })
    .join("\n");
}
