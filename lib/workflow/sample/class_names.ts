import { UserError } from "../../artifact/mod.ts";
import { numbersIn } from "./number_list.ts";

/** Numbers, ranges of them and names, as one text with commas or one by one. */
export type ClassList = string | readonly (string | number)[];

/**
 * The classes of a list: numbers, ranges of them and names, such as
 * `heart,0-9`. A name counts as it is written, else in any case; digits are
 * always a number.
 *
 * @throws {UserError} for what names no class, or more than one
 */
export function listedClasses(
  list: ClassList,
  names: readonly string[],
): readonly number[] {
  const largest = names.length - 1;
  const parts = typeof list === "string" ? list.split(",") : list.map(String);
  return parts.map((part) => part.trim()).flatMap((part) => {
    const numbers = numbersIn(part, { option: "classes", largest });
    if (numbers !== undefined) return numbers;
    const exact = labelsOf(part, names);
    if (exact.length > 0) return only(part, exact);
    return only(part, labelsOf(part.toLowerCase(), lower(names)));
  });
}

function lower(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}

function labelsOf(name: string, names: readonly string[]): number[] {
  return names.flatMap((each, label) => each === name ? [label] : []);
}

function only(part: string, labels: readonly number[]): readonly number[] {
  if (labels.length === 1) return labels;
  const found = labels.length === 0
    ? "the model has no class of this name (spherear inspect lists them)"
    : `it names the classes ${labels.join(" and ")}, give a number`;
  throw new UserError(`Cannot sample class "${part}": ${found}`);
}
