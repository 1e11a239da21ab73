import { UserError } from "../../artifact/mod.ts";
import { numbersIn } from "./number_list.ts";

/** Numbers of images are words of the counters that draws come from. */
const LARGEST = 2 ** 32 - 1;

/**
 * The numbers of images that `--seeds` chooses, such as `0-63,100`.
 *
 * What an image draws depends on the run's seed and its own number alone, so
 * that it comes out the same whatever is sampled beside it.
 *
 * @throws {UserError} for anything but different whole numbers and ranges, and
 *   where a count is given too that is not theirs
 */
export function chosenIndices(
  { seeds, count, most }: {
    readonly seeds?: string | undefined;
    readonly count?: number | undefined;
    /** Longest range. */
    readonly most?: number | undefined;
  },
): Uint32Array | undefined {
  if (seeds === undefined) return undefined;
  const list = { option: "seeds", largest: LARGEST, most };
  const numbers = seeds.split(",").flatMap((part) => {
    const found = numbersIn(part.trim(), list);
    if (found !== undefined) return found;
    throw new UserError(
      `Cannot use --seeds "${seeds}": expected whole numbers and ranges, ` +
        "such as 0-63,100",
    );
  });
  if (new Set(numbers).size < numbers.length) {
    const twice = numbers.find((one, i) => numbers.indexOf(one) < i);
    throw new UserError(`Cannot use --seeds: ${twice} stands there twice`);
  }
  if (count !== undefined && count !== numbers.length) {
    throw new UserError(
      `Cannot sample --count ${count} images of ${numbers.length} --seeds: ` +
        "expected one of them, or equal numbers",
    );
  }
  return Uint32Array.from(numbers);
}

/** The numbers of images that were not chosen: 0, 1, 2 and so on. */
export function indicesFromZero(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
