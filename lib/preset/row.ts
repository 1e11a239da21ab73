import type { Changes } from "./schema/preset.ts";
import type { Source } from "./source.ts";

/** Numbers with the one source that they come from. */
export interface Statement {
  readonly source: Source;
  readonly numbers: Changes;
}

/** What was published of a model. */
export interface Published {
  readonly source: Source;
  /** Parameters of the S-VAE or the AR model. */
  readonly parameters?: number;
  readonly fid?: number;
  readonly inceptionScore?: number;
  readonly precision?: number;
  readonly recall?: number;
}

/** One row of the table of presets. */
export interface PresetRow {
  /** One line for people. */
  readonly summary: string;
  /** The preset whose numbers hold where this one says nothing. */
  readonly extends?: string;
  readonly published?: Published;
  /** What it says, each number once. */
  readonly statements: readonly Statement[];
}

/** Numbers and their source; the type keeps which sections are there. */
export function says<const N extends Changes>(
  source: Source,
  numbers: N,
): { readonly source: Source; readonly numbers: N } {
  return { source, numbers };
}
