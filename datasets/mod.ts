/**
 * Where pictures come from: a table of kinds, of which each is a file.
 *
 * Light: every command loads it, and what decodes pictures waits for opening.
 *
 * @module
 */
import { UserError } from "../lib/artifact/mod.ts";
import type { Dataset, OpenOptions } from "./dataset.ts";
import type { EncodedPictures } from "./encoded.ts";
import type { DatasetKind, GivenDataset } from "./kind.ts";
import { DATASETS, formOf, givenKind } from "./table.ts";

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
export type { EncodedPictures } from "./encoded.ts";
export type { DatasetKind } from "./kind.ts";
export { DATASET, DATASET_HELP } from "./option.ts";
export { DATASETS } from "./table.ts";

/** What is said of a dataset besides its kind and argument. */
type More = Omit<GivenDataset, "argument">;

/**
 * Opens a dataset by what `--dataset` says, such as `folder:PATH`.
 *
 * @throws {UserError} when there is no such dataset, or it cannot be opened
 */
export async function openDataset(
  dataset: string,
  options: OpenOptions & More,
): Promise<Dataset> {
  const { kind, ...given } = givenKind(dataset, options);
  return await kind.open({ ...options, ...given });
}

/**
 * Opens the pictures of a dataset as they are encoded.
 *
 * @throws {UserError} when there is no such dataset, it cannot be opened, or
 *   its pictures are no files
 */
export async function openEncoded(
  dataset: string,
  more: More = {},
): Promise<EncodedPictures> {
  const { kind, ...given } = givenKind(dataset, more);
  if (kind.encoded !== undefined) return await kind.encoded(given);
  const able = DATASETS.filter(({ encoded }) => encoded !== undefined);
  throw new UserError(
    `Cannot read the pictures of "${dataset}" as files: expected one of ` +
      able.map(formOf).join(", "),
  );
}

/**
 * What pictures depend on besides the options: the contents of a folder, the
 * version of a package, samples of archives.
 *
 * @throws {UserError} when it cannot be read
 */
export async function datasetFingerprint(
  dataset: string,
  more: More = {},
): Promise<string> {
  const { kind, ...given } = givenKind(dataset, more);
  return await kind.fingerprint(given);
}

/**
 * What opening a dataset takes; see {@link DatasetKind}.
 *
 * @throws {UserError} when there is no such dataset
 */
export function openingOf(dataset: string): DatasetKind["opening"] {
  return givenKind(dataset).kind.opening;
}

/** Names of ImageNet's 1,000 classes, in the order of the release's labels. */
export async function imagenetNames(): Promise<readonly string[]> {
  const { IMAGENET_NAMES } = await import("./imagenet/classes.ts");
  return IMAGENET_NAMES;
}
