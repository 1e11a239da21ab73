/**
 * Where pictures come from: emoji of npm packages, or a folder.
 *
 * @module
 */
import { UserError } from "../lib/artifact/mod.ts";
import type { Dataset, OpenOptions } from "./dataset.ts";
import { openEmoji } from "./emoji.ts";
import { openEmoji64 } from "./emoji64.ts";
import { EMOJI_VERSION } from "./emoji_entries.ts";
import { folderFingerprint } from "./fingerprint.ts";
import { openFolder } from "./folder.ts";

export type {
  Dataset,
  DatasetClass,
  DatasetEntry,
  LabelledPicture,
  LoadOptions,
  OpenOptions,
  Split,
  SplitRule,
} from "./dataset.ts";

const FOLDER = "folder:";

const DATASETS: Readonly<
  Record<string, (options: OpenOptions) => Promise<Dataset>>
> = {
  emoji: openEmoji,
  emoji64: openEmoji64,
};

/** What `--dataset` takes. */
export const DATASET_NAMES = [...Object.keys(DATASETS), `${FOLDER}PATH`];

/**
 * Opens a dataset by what `--dataset` says: a name, or `folder:PATH`.
 *
 * @throws {UserError} when there is no such dataset, or it cannot be opened
 */
export async function openDataset(
  dataset: string,
  options: OpenOptions,
): Promise<Dataset> {
  if (dataset.startsWith(FOLDER)) {
    return await openFolder(dataset.slice(FOLDER.length), options);
  }
  if (!Object.hasOwn(DATASETS, dataset)) {
    throw new UserError(
      `Cannot open dataset "${dataset}": expected one of ` +
        DATASET_NAMES.join(", "),
    );
  }
  return await DATASETS[dataset]!(options);
}

/**
 * What pictures depend on besides the options: the contents of a folder, or
 * the version of a package.
 *
 * @throws {UserError} when a folder cannot be read
 */
export async function datasetFingerprint(dataset: string): Promise<string> {
  if (!dataset.startsWith(FOLDER)) return `${dataset} ${EMOJI_VERSION}`;
  const folder = dataset.slice(FOLDER.length);
  const options = { heldout: 0, splitBy: "names" } as const;
  const { entries } = await openFolder(folder, options);
  return await folderFingerprint(folder, entries);
}
