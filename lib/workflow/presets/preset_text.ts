import { stringify } from "smol-toml";
import type { ResolvedPreset } from "../../preset/checked.ts";

/** A preset as the text of a preset file, which extends no other. */
export function presetText(
  { summary, numbers }: Pick<ResolvedPreset, "summary" | "numbers">,
): string {
  return stringify({ summary, ...numbers });
}
