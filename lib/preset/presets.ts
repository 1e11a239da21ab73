import type { BackboneName, VaeConfig } from "../model/mod.ts";
import { layered } from "./layers.ts";
import type { Preset } from "./schema/preset.ts";
import {
  PRESET_NAMES,
  type PresetName,
  type ROWS,
  statementsOf,
} from "./table.ts";

type Rows = typeof ROWS;

type SaidBy<K extends PresetName> = Rows[K]["statements"][number]["numbers"];

type KeysOfAny<T> = T extends unknown ? keyof T : never;

/** The sections that a row or one below it speaks of. */
type SectionsOf<K extends PresetName> =
  | KeysOfAny<SaidBy<K>>
  | (Rows[K] extends { readonly extends: infer B extends PresetName }
    ? SectionsOf<B>
    : never);

/** The backbone that a row's statements name. */
type SaidBackbone<S> = S extends
  { readonly vae: { readonly backbone: infer B extends BackboneName } } ? B
  : never;

/** The backbone of a row or one below it. */
type BackboneOf<K extends PresetName> = [SaidBackbone<SaidBy<K>>] extends
  [never]
  ? Rows[K] extends { readonly extends: infer B extends PresetName }
    ? BackboneOf<B>
  : never
  : SaidBackbone<SaidBy<K>>;

/** The numbers of a preset of the table; its own sections are there. */
export type PresetOf<K extends PresetName> =
  & Preset
  & Required<Pick<Preset, SectionsOf<K> & keyof Preset>>
  & { readonly vae: VaeConfig<BackboneOf<K>> };

/** The numbers of every preset of the table: the only place with defaults. */
export const PRESETS = Object.fromEntries(
  PRESET_NAMES.map((name) => [name, layered(statementsOf(name)).numbers]),
) as { readonly [K in PresetName]: PresetOf<K> };
