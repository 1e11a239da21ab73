import { UserError } from "../lib/artifact/mod.ts";
import type { DatasetKind, GivenDataset } from "./kind.ts";
import { EMOJI } from "./kinds/emoji.ts";
import { EMOJI64 } from "./kinds/emoji64.ts";
import { FOLDER } from "./kinds/folder.ts";
import { IMAGENET } from "./kinds/imagenet.ts";
import { IMAGENET_VAL } from "./kinds/imagenet_val.ts";
import { PARQUET } from "./kinds/parquet.ts";
import { PICTURES } from "./kinds/pictures.ts";
import { WEBDATASET } from "./kinds/webdataset.ts";

/** Every kind of dataset: the only place that lists them. */
export const DATASETS: readonly DatasetKind[] = [
  EMOJI,
  EMOJI64,
  FOLDER,
  PICTURES,
  IMAGENET,
  IMAGENET_VAL,
  WEBDATASET,
  PARQUET,
];

/** How a kind is written, such as `folder:PATH`. */
export function formOf({ name, argument }: DatasetKind): string {
  return argument === undefined ? name : `${name}:${argument}`;
}

/**
 * Takes apart what `--dataset` says, with the labels that are given for it.
 *
 * @throws {UserError} when it is of no kind, or of one that takes no labels
 */
export function givenKind(
  dataset: string,
  { labels }: Pick<GivenDataset, "labels"> = {},
): GivenDataset & { readonly kind: DatasetKind } {
  const [name, ...rest] = dataset.split(":");
  const argument = rest.join(":");
  const kind = DATASETS.find((kind) => kind.name === name);
  const fits = kind?.argument === undefined
    ? rest.length === 0
    : argument !== "";
  if (kind === undefined || !fits) {
    throw new UserError(
      `Cannot open dataset "${dataset}": expected one of ` +
        DATASETS.map(formOf).join(", "),
    );
  }
  if (labels !== undefined && !kind.takesLabels) {
    const able = DATASETS.filter(({ takesLabels }) => takesLabels);
    throw new UserError(
      `Cannot use labels "${labels}" with dataset "${dataset}": expected ` +
        able.map(formOf).join(", "),
    );
  }
  return { kind, argument, labels };
}
