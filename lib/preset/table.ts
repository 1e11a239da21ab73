import {
  ABLATION_S_01,
  ABLATION_S_04,
  ABLATION_S_08,
} from "./rows/ablation.ts";
import { ABLATION_CNN, ABLATION_MAR, ABLATION_VIT } from "./rows/backbones.ts";
import { EMOJI64 } from "./rows/emoji64.ts";
import {
  IMAGENET256_B,
  IMAGENET256_H,
  IMAGENET256_L,
  IMAGENET256_SVAE,
} from "./rows/imagenet256.ts";
import { IMAGENET512_L, IMAGENET512_SVAE } from "./rows/imagenet512.ts";
import { ABLATION_POSTERIORS } from "./rows/posteriors.ts";
import { TINY } from "./rows/tiny.ts";
import type { PresetRow, Published, Statement } from "./row.ts";

/** Every preset by name; a new one is a row and a line here. */
export const ROWS = {
  "tiny": TINY,
  "emoji64": EMOJI64,
  "imagenet256-svae": IMAGENET256_SVAE,
  "imagenet256-b": IMAGENET256_B,
  "imagenet256-l": IMAGENET256_L,
  "imagenet256-h": IMAGENET256_H,
  "imagenet512-svae": IMAGENET512_SVAE,
  "imagenet512-l": IMAGENET512_L,
  "ablation-s-01": ABLATION_S_01,
  "ablation-s-04": ABLATION_S_04,
  "ablation-s-08": ABLATION_S_08,
  ...ABLATION_POSTERIORS,
  "ablation-cnn": ABLATION_CNN,
  "ablation-vit": ABLATION_VIT,
  "ablation-mar": ABLATION_MAR,
} as const satisfies Readonly<Record<string, PresetRow>>;

/** Name of a preset. */
export type PresetName = keyof typeof ROWS;

/** Names of the presets, as a schema takes choices. */
export const PRESET_NAMES = Object.keys(ROWS) as [PresetName, ...PresetName[]];

/** How the path of a preset file ends, which may stand for a name. */
export const PRESET_FILE = /\.toml$/;

/** Whether a text names a preset of the table. */
export function isPresetName(text: string): text is PresetName {
  return Object.hasOwn(ROWS, text);
}

/** What a preset of the table says, after those that it extends. */
export function statementsOf(name: string): readonly Statement[] {
  const row: PresetRow | undefined = isPresetName(name)
    ? ROWS[name]
    : undefined;
  if (row === undefined) {
    throw new RangeError(`internal: No preset is called "${name}"`);
  }
  const base = row.extends === undefined ? [] : statementsOf(row.extends);
  return [...base, ...row.statements];
}

/** What was published of a preset's model, if anything. */
export function publishedOf(name: PresetName): Published | undefined {
  const row: PresetRow = ROWS[name];
  return row.published;
}
