import { imagenetNames } from "../../../datasets/mod.ts";
import { UserError } from "../../artifact/mod.ts";
import type { ArConfig } from "../../model/mod.ts";
import { releasedAr } from "../../preset/checked.ts";

/**
 * Names of an AR model's classes: those that are given, ImageNet's for models
 * of the release's sizes, else their numbers.
 *
 * @throws {UserError} where names are given for another number of classes
 */
export async function classNames(
  ar: ArConfig | undefined,
  { given, file }: {
    readonly given: readonly string[] | undefined;
    readonly file: string;
  },
): Promise<readonly string[]> {
  const count = ar?.num_classes ?? 0;
  if (ar !== undefined && given !== undefined && given.length !== count) {
    throw new UserError(
      `Cannot import "${file}": classes: expected ${count} names, as the ` +
        `model has classes, found ${given.length}`,
    );
  }
  if (given !== undefined) return given;
  const isRelease = ar !== undefined && releasedAr(ar) !== undefined;
  const names = await imagenetNames();
  if (isRelease && count === names.length) return names;
  return Array.from({ length: count }, (_, label) => String(label));
}
