/**
 * Presets as people change them, by files and settings, and the schemas that
 * check them. Beside `mod.ts`, since they follow from the tables of models,
 * which declarations do not load.
 *
 * @module
 */
export { NUMBERS } from "./paths.ts";
export {
  type PresetChoice,
  requireSection,
  type ResolvedPreset,
  resolvePreset,
} from "./resolve.ts";
export { shapeOf } from "./schema/size_table.ts";
export { BACKBONE, LAW, lawSchema, openVae, vaeSchema } from "./schema/vae.ts";
export { sectionOf, type Settable } from "./settings.ts";
