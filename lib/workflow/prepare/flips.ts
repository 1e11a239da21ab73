import type { DatasetClass } from "../../../datasets/mod.ts";
import { UserError } from "../../artifact/mod.ts";

/** A dataset in any form. */
export interface WithClasses {
  readonly classes: readonly DatasetClass[];
}

/**
 * A dataset whose pictures may be mirrored as a person says: those of `all`
 * classes, of `none`, or of those that are named; as it says itself where
 * nothing is said.
 *
 * @throws {UserError} for a name that is no class
 */
export function withFlips<D extends WithClasses>(
  dataset: D,
  flip: string | undefined,
): D {
  if (flip === undefined) return dataset;
  const { classes } = dataset;
  const all = classes.map(({ name }) => name);
  const every: Readonly<Record<string, readonly string[]>> = { all, none: [] };
  const named = every[flip] ?? flip.split(",").map((name) => name.trim());
  const unknown = named.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      `Cannot mirror "${unknown}": expected all, none or names of ` +
        all.join(", "),
    );
  }
  return {
    ...dataset,
    classes: classes.map(({ name }) => ({ name, flips: named.includes(name) })),
  };
}

/** Which classes may be mirrored, in words. */
export function flipsText({ classes }: WithClasses): string {
  const names = classes.filter(({ flips }) => flips).map(({ name }) => name);
  if (names.length === 0) return "no class";
  return names.length === classes.length ? "every class" : names.join(", ");
}
