/**
 * Every number of every preset, with its source, presets as people change them,
 * by files and settings, and the schemas that check them. Nothing else in the
 * project holds a default of its own. Beside `mod.ts`, since all this follows
 * from the tables of models and terms, which declarations do not load.
 *
 * @module
 */
export { arName, isReleasedVae, releasedAr } from "./known_models.ts";
export { MAR_VAE, PAPER_AR, PAPER_RESOLUTIONS, PAPER_VAE } from "./paper.ts";
export { NUMBERS } from "./paths.ts";
export {
  type PresetChoice,
  requireSection,
  type ResolvedPreset,
  resolvePreset,
} from "./resolve.ts";
export { PRESETS } from "./presets.ts";
export { shapeOf } from "./schema/size_table.ts";
export { BACKBONE, LAW, lawSchema, openVae, vaeSchema } from "./schema/vae.ts";
export { sectionOf, type Settable } from "./settings.ts";
