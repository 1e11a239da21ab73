import { UserError } from "../../artifact/mod.ts";

/** Whole numbers and ranges of them, both ends included. */
const RANGE = /^(\d+)(?:-(\d+))?$/;

/** Longest list, far above the images of any evaluation. */
const MOST = 10_000_000;

/** What a list is of, and how large its numbers may be. */
export interface NumberList {
  /** For messages: the option. */
  readonly option: string;
  /** The largest number that is allowed. */
  readonly largest: number;
  /** Longest range; as long as any list may be unless given. */
  readonly most?: number | undefined;
}

/**
 * The numbers that one part of a list stands for: `7`, or `0-63`; undefined
 * where it is neither.
 *
 * @throws {UserError} for a range that runs down, and for numbers that are too
 *   large
 */
export function numbersIn(
  part: string,
  { option, largest, most = MOST }: NumberList,
): readonly number[] | undefined {
  const [, from, to = from] = RANGE.exec(part) ?? [];
  if (from === undefined) return undefined;
  const [first, last] = [Number(from), Number(to)];
  const expected = `expected numbers from 0 to ${largest}, and ranges that ` +
    `run up, such as 0-63, of at most ${most}`;
  if (first > last || last > largest || last - first >= most) {
    throw new UserError(`Cannot use --${option} "${part}": ${expected}`);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
