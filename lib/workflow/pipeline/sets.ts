import { resolve } from "node:path";
import { storeOf, toldDataset } from "../../../datasets/mod.ts";
import type { StageSpec } from "../../pipeline/mod.ts";
import { requireSection, type ResolvedPreset } from "../../preset/checked.ts";
import type { PresetRun } from "./preset_run.ts";

/** Stages by their names in a pipeline. */
export type Stages = Readonly<Record<string, StageSpec>>;

/** Sets of images, by what makes them. */
interface SetPair {
  readonly train: string;
  readonly heldout: string;
}

/** The images of a run. */
export interface RunSets {
  /** What makes them. */
  readonly stages: Stages;
  /** All of them. */
  readonly whole: SetPair;
  /** Those that are compared and shown: fewer, where all are too many. */
  readonly compared: SetPair;
  /** How many training images those are; undefined for all. */
  readonly comparedTrain: number | undefined;
  /** Whether images stay encoded, and sets are folders. */
  readonly isLarge: boolean;
}

/**
 * The sets of a run: images to train on, and held-out ones, which are of another
 * dataset or a share of the same.
 *
 * @throws {UserError} where a path tells no dataset
 */
export async function runSets(
  preset: ResolvedPreset,
  { data, val, valLabels }: PresetRun,
): Promise<RunSets> {
  const dataset = data === undefined
    ? requireSection(preset, "dataset")
    : await toldDataset(data);
  const { image_size: size } = requireSection(preset, "vae");
  const isLarge = storeOf(dataset) !== "pixels";
  const prepared = {
    prepare: {
      options: {
        dataset,
        size,
        heldoutShare: val === undefined ? requireSection(preset, "heldout") : 0,
      },
      outputs: {
        train: placeOf("train", isLarge),
        ...val === undefined && { heldout: placeOf("heldout", isLarge) },
      },
    },
    ...val !== undefined && {
      "prepare-val": await valStage(val, { valLabels, size }),
    },
  };
  const whole = {
    train: "prepare.train",
    heldout: val === undefined ? "prepare.heldout" : "prepare-val.train",
  };
  const { evaluation } = preset.numbers;
  if (evaluation === undefined) {
    const sets = { whole, compared: whole, comparedTrain: undefined, isLarge };
    return { stages: prepared, ...sets };
  }
  const picks = { "pick-train": "train", "pick-heldout": "heldout" } as const;
  const picking = Object.entries(picks).map(([id, set]) => {
    const stage: StageSpec = {
      uses: "pick",
      inputs: { images: whole[set] },
      options: { count: evaluation[set], size },
      outputs: { images: `compared_${set}.safetensors` },
    };
    return [id, stage] as const;
  });
  return {
    stages: { ...prepared, ...Object.fromEntries(picking) },
    whole,
    compared: { train: "pick-train.images", heldout: "pick-heldout.images" },
    comparedTrain: evaluation.train,
    isLarge,
  };
}

async function valStage(
  val: string,
  { valLabels, size }: {
    readonly valLabels: string | undefined;
    readonly size: number;
  },
): Promise<StageSpec> {
  const dataset = await toldDataset(val);
  return {
    uses: "prepare",
    options: {
      dataset,
      size,
      heldoutShare: 0,
      ...valLabels !== undefined && { labels: resolve(valLabels) },
    },
    outputs: { train: placeOf("val", storeOf(dataset) !== "pixels") },
  };
}

/** Where a set goes: a folder of shards, or a file. */
export function placeOf(name: string, isLarge: boolean): string {
  return isLarge ? `${name}/` : `${name}.safetensors`;
}
