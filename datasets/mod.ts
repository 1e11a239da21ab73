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
import type { DatasetKind } from "./kind.ts";
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
export type { EncodedPictures, PicturePlace } from "./encoded.ts";
export { IMAGENET_NAMES, IMAGENET_SYNSETS } from "./imagenet/classes.ts";
export type { DatasetKind } from "./kind.ts";
export { DATASET, DATASET_HELP } from "./option.ts";
export { DATASETS } from "./table.ts";

/**
 * Opens a dataset by what `--dataset` says, such as `folder:PATH`.
 *
 * @throws {UserError} when there is no such dataset, or it cannot be opened
 */
export async function openDataset(
  dataset: string,
  options: OpenOptions,
): Promise<Dataset> {
  const { kind, argument } = givenKind(dataset);
  return await kind.open({ ...options, argument });
}

/**
 * Opens the pictures of a dataset as they are encoded.
 *
 * @throws {UserError} when there is no such dataset, it cannot be opened, or
 *   its pictures are no files
 */
export async function openEncoded(dataset: string): Promise<EncodedPictures> {
  const { kind, argument } = givenKind(dataset);
  if (kind.encoded !== undefined) return await kind.encoded({ argument });
  const able = DATASETS.filter(({ encoded }) => encoded !== undefined);
  throw new UserError(
    `Cannot read the pictures of "${dataset}" as files: expected one of ` +
      able.map(formOf).join(", "),
  );
}

/**
 * What pictures depend on besides the options: the contents of a folder, or
 * the version of a package.
 *
 * @throws {UserError} when it cannot be read
 */
export async function datasetFingerprint(dataset: string): Promise<string> {
  const { kind, argument } = givenKind(dataset);
  return await kind.fingerprint({ argument });
}

/**
 * What opening a dataset takes; see {@link DatasetKind}.
 *
 * @throws {UserError} when there is no such dataset
 */
export function openingOf(dataset: string): DatasetKind["opening"] {
  return givenKind(dataset).kind.opening;
}
