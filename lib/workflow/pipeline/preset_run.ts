import { resolve } from "node:path";
import { isRemoteWord } from "../../official/mod.ts";
import type { ResolvedPreset } from "../../preset/checked.ts";
import { PRESET_FILE } from "../../preset/mod.ts";
import { UserError } from "../../artifact/mod.ts";

/** Which preset runs, on what, where, and with which seed. */
export interface PresetRun {
  /** A name of the table, or the path of a preset file. */
  readonly preset: string;
  /** Numbers in place of the preset's, as `path=value`. */
  readonly set?: readonly string[] | undefined;
  /** Images in the place of the preset's: a dataset, or a path that tells its kind. */
  readonly data?: string | undefined;
  /** Held-out images, in the same words; a share of the others unless given. */
  readonly val?: string | undefined;
  /** What they show, where they do not say it themselves. */
  readonly valLabels?: string | undefined;
  /** Run folder; default `runs/PRESET`. */
  readonly folder?: string | undefined;
  readonly seed: number;
  /** Weights for the perceptual term of the S-VAE. */
  readonly perceptual?: string | undefined;
  /** Real images, features or statistics by which samples are measured. */
  readonly reference?: string | undefined;
  /** The network that looks at both, or at a tokenizer's reconstructions. */
  readonly network?: string | undefined;
  /** Whether nothing runs yet, so that those weights may be missing. */
  readonly dryRun?: boolean | undefined;
}

/** Sections of a tokenizer's run, and those that an AR model's has beside them. */
const NEEDED = {
  tokenizer: ["dataset", "heldout", "vae", "vaeTraining"],
  generator: ["latents", "ar", "arTraining", "sampling", "classifier"],
} as const;

/** Whether a preset is of a tokenizer alone. */
export function isTokenizer(
  { numbers: { ar, arTraining } }: Pick<ResolvedPreset, "numbers">,
): boolean {
  return ar === undefined && arTraining === undefined;
}

/** @throws {UserError} where a preset says nothing of what a run needs */
export function requireSections(
  preset: ResolvedPreset,
  { data, val }: Pick<PresetRun, "data" | "val">,
): void {
  const { name, numbers } = preset;
  const given: readonly string[] = [
    ...data === undefined ? [] : ["dataset"],
    ...val === undefined ? [] : ["heldout"],
  ];
  const needed = isTokenizer(preset)
    ? NEEDED.tokenizer
    : [...NEEDED.tokenizer, ...NEEDED.generator];
  const missing = needed.filter((section) =>
    numbers[section] === undefined && !given.includes(section)
  );
  if (missing.length === 0) return;
  const place = PRESET_FILE.test(name)
    ? "that file"
    : `a preset file with extends = "${name}"`;
  const images = missing.some((section) => section === "dataset")
    ? "name the images by --data, or "
    : "";
  throw new UserError(
    `Cannot run preset "${name}" as a pipeline: it says nothing of ` +
      `${missing.join(", ")}; ${images}say it in ${place}, as ` +
      "docs/pipelines.md shows, or run single stages",
  );
}

/** What figures of a run's images are taken by, as published ones are. */
export interface Measure {
  /** Real images that samples are measured by; none of a tokenizer's run. */
  readonly reference?: string;
  readonly network: string;
}

/**
 * What samples are measured by, where that is given, or the reconstructions of a
 * tokenizer, whose reference are the images that they are of.
 *
 * @throws {UserError} for one without the other, or a tokenizer's reference
 */
export function measureOf(
  preset: ResolvedPreset,
  { reference, network }: Pick<PresetRun, "reference" | "network">,
): Measure | undefined {
  if (reference === undefined && network === undefined) return undefined;
  if (isTokenizer(preset)) {
    if (reference === undefined) return { network: placed(network!) };
    throw new UserError(
      `Cannot measure preset "${preset.name}" by --reference: a tokenizer ` +
        "alone draws no samples; --network alone measures its reconstructions " +
        "by the held-out images",
    );
  }
  if (reference === undefined || network === undefined) {
    const [given, missing] = reference === undefined
      ? ["network", "reference"]
      : ["reference", "network"];
    throw new UserError(
      `Cannot measure by --${given} alone: expected --${missing} with it`,
    );
  }
  return { reference: placed(reference), network: placed(network) };
}

/** A word of an official file as it is; of a path all of it. */
export function placed(file: string): string {
  return isRemoteWord(file) ? file : resolve(file);
}
