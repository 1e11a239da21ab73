import type { DatasetClass, Split } from "../../../datasets/mod.ts";
import { type JsonRecord, UserError } from "../../artifact/mod.ts";
import { type Rgb, WHITE } from "../../image/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import { flipsText } from "./flips.ts";

/** Splits in the order in which they are written. */
export const SPLITS = ["train", "heldout"] as const satisfies readonly Split[];

/** Images of each split. */
export type Counts = Readonly<Record<Split, number>>;

/** What preparing needs beside the dataset. */
export interface Preparing
  extends Pick<StageContext, "progress" | "log" | "signal" | "scratch"> {
  /** What the user calls the dataset. */
  readonly name: string;
  readonly outputs: {
    readonly train: OutputSlot;
    readonly heldout: OutputSlot | undefined;
  };
}

/** What a dataset says of all of its pictures. */
interface Described {
  readonly name: string;
  readonly classes: readonly DatasetClass[];
  readonly licences: readonly string[];
  /** What lies behind the pictures; white unless given. */
  readonly background?: Rgb | undefined;
}

/** @throws {UserError} where nothing is left to train on */
export function requireTraining(name: string, counts: Counts): void {
  if (counts.train > 0) return;
  throw new UserError(
    `Cannot train on "${name}": all of its ${counts.heldout} images are ` +
      "held out",
  );
}

/** What readers of the images need: names, and which classes may be mirrored. */
export function configOf(
  { name, classes, licences, background = WHITE }: Described,
  split: Split,
): JsonRecord {
  return {
    dataset: name,
    split,
    classes: classes.map(({ name }) => name),
    background,
    flips: classes.map(({ flips }) => flips),
    licences,
  };
}

/** What is said of a dataset that was prepared. */
export function summaryOf(
  { name, classes, licences }: Described,
  { train, heldout }: Counts,
): StageSummary {
  return {
    dataset: name,
    classes: classes.length,
    train,
    heldout,
    mirrored: flipsText({ classes }),
    licences,
  };
}
