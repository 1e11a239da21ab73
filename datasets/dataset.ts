import type { Picture, Rgb } from "../lib/image/mod.ts";

/** Which part of a dataset a picture belongs to. */
export type Split = "train" | "heldout";

/** A class of pictures. */
export interface DatasetClass {
  /** Name of the class. */
  readonly name: string;
  /** Whether a mirrored picture still belongs: not for clocks or letters. */
  readonly flips: boolean;
}

/** One picture of a dataset, named but not yet decoded. */
export interface DatasetEntry {
  /** Unique in the dataset, the same on every machine. */
  readonly id: string;
  /** Index of the class. */
  readonly label: number;
  /** Part that it belongs to. */
  readonly split: Split;
}

/** One picture with all that is known of it. */
export interface LabelledPicture extends DatasetEntry {
  /** RGB, `size` x `size`. */
  readonly picture: Picture;
}

/** What to load of a dataset. */
export interface LoadOptions {
  /** Part to load. */
  readonly split: Split;
  /** Height and width of the pictures in pixels. */
  readonly size: number;
  /** Stops the loading. */
  readonly signal?: AbortSignal;
}

/** Where pictures come from; opened, with every entry known. */
export interface Dataset {
  /** Name with version, such as `emoji-datasource@16.0.0`. */
  readonly name: string;
  /** Classes in the order of the labels. */
  readonly classes: readonly DatasetClass[];
  /** Whose the pictures are, and under which licence; a line each. */
  readonly licences: readonly string[];
  /** Every picture, in a fixed order. */
  readonly entries: readonly DatasetEntry[];
  /** What lies behind the pictures; white unless given. */
  readonly background?: Rgb;
  /** What was found but is no picture, in words; undefined for nothing. */
  readonly skipped?: string;
  /**
   * The pictures of a split in the order of the entries.
   *
   * @throws {UserError} when a picture cannot be read, or is too small
   */
  load(options: LoadOptions): AsyncIterable<LabelledPicture>;
  /** Lets files go, where any stay open. */
  close?(): void;
}

/** Rules of which pictures stay in one split. */
export const SPLIT_RULES = ["content", "names"] as const;

/** One of them: equal pictures stay together, or names alone count. */
export type SplitRule = typeof SPLIT_RULES[number];

/** How a dataset is opened. */
export interface OpenOptions {
  /** Share of each class that is held out, from 0 to below 1. */
  readonly heldout: number;
  readonly splitBy: SplitRule;
  /** Whether pictures of a folder that cannot be read are left out. */
  readonly skipBroken?: boolean | undefined;
}
