/**
 * Where pictures come from: a table of kinds, of which each is a file.
 *
 * Light: every command loads it, and what decodes pictures waits for opening.
 *
 * @module
 */
import { UserError } from "../lib/artifact/mod.ts";
import type { Dataset, OpenOptions } from "./dataset.ts";
import type { Picture } from "../lib/image/mod.ts";
import type { Looking } from "./broken.ts";
import type { EncodedPictures } from "./encoded.ts";
import type { DatasetKind, GivenDataset } from "./kind.ts";
import type { DatasetSize } from "./size.ts";
import type { Store } from "./store.ts";
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
export { inOrder } from "./in_order.ts";
export { DATASET, DATASET_HELP } from "./option.ts";
export { type DatasetSize, PICTURE_BYTES } from "./size.ts";
export { type Store, STORES } from "./store.ts";
export { DATASETS } from "./table.ts";
export { toldDataset } from "./told.ts";
export type { Watch } from "./watch.ts";

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
 * How large a dataset is, without reading archives; see {@link DatasetKind}.
 *
 * @throws {UserError} when there is no such dataset, or it cannot be read
 */
export async function datasetSize(
  dataset: string,
  more: More = {},
): Promise<DatasetSize> {
  const { kind, ...given } = givenKind(dataset, more);
  return await kind.size(given);
}

/**
 * What opening a dataset takes; see {@link DatasetKind}.
 *
 * @throws {UserError} when there is no such dataset
 */
export function openingOf(dataset: string): DatasetKind["opening"] {
  return givenKind(dataset).kind.opening;
}

/** Pictures that cannot be decoded; see {@link Looking}. */
export async function brokenPictures(
  encoded: EncodedPictures,
  looking: Looking,
): Promise<ReadonlySet<number>> {
  const broken = await import("./broken.ts");
  return await broken.brokenPictures(encoded, looking);
}

/** What is left out of a dataset, in words; undefined for nothing. */
export async function skippedText(
  encoded: EncodedPictures,
  broken: ReadonlySet<number>,
): Promise<string | undefined> {
  return (await import("./broken.ts")).skippedText(encoded, broken);
}

/**
 * Decodes one of encoded pictures.
 *
 * @throws {UserError} naming it where it cannot be read or decoded
 */
export async function decodeEncoded(
  encoded: EncodedPictures,
  index: number,
): Promise<Picture> {
  const { decodeEncoded } = await import("./decode_encoded.ts");
  return await decodeEncoded(encoded, index);
}

/** How pictures of a dataset are kept unless people say otherwise. */
export function storeOf(dataset: string): Store {
  return givenKind(dataset).kind.store;
}

/** Names of ImageNet's 1,000 classes, in the order of the release's labels. */
export async function imagenetNames(): Promise<readonly string[]> {
  const { IMAGENET_NAMES } = await import("./imagenet/classes.ts");
  return IMAGENET_NAMES;
}
