import { UserError } from "../lib/artifact/mod.ts";
import type { DatasetKind, GivenDataset } from "./kind.ts";
import { EMOJI } from "./kinds/emoji.ts";
import { EMOJI64 } from "./kinds/emoji64.ts";
import { FOLDER } from "./kinds/folder.ts";
import { IMAGENET } from "./kinds/imagenet.ts";

/** Every kind of dataset: the only place that lists them. */
export const DATASETS: readonly DatasetKind[] = [
  EMOJI,
  EMOJI64,
  FOLDER,
  IMAGENET,
];

/** How a kind is written, such as `folder:PATH`. */
export function formOf({ name, argument }: DatasetKind): string {
  return argument === undefined ? name : `${name}:${argument}`;
}

/**
 * Takes apart what `--dataset` says.
 *
 * @throws {UserError} when it is of no kind
 */
export function givenKind(
  dataset: string,
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
  return { kind, argument };
}
