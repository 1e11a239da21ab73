/**
 * Presets for people: the table, one preset whole, and as a file.
 *
 * @module
 */
export {
  describePreset,
  type ExplainedPreset,
  explainPreset,
} from "./explain.ts";
export {
  LISTED,
  listedCells,
  type ListedPreset,
  listPresets,
  listText,
} from "./list.ts";
export { presetText } from "./preset_text.ts";
