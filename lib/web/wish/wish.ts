import type { SamplingDefaults } from "../model/web_model.ts";
import type { SampleJob } from "../session/messages.ts";

/** What a person asks for. */
export interface Wish {
  /** Classes to draw in turn; all of them where none is named. */
  readonly labels: readonly number[];
  readonly seed: number;
  /** Number of the first picture among those of the seed. */
  readonly first: number;
  readonly count: number;
  readonly choice: SamplingDefaults;
}

/** Bounds of the numbers of a wish. */
export const BOUNDS = {
  seed: { min: 0, max: 2 ** 32 - 1 },
  first: { min: 0, max: 999_999 },
  count: { min: 1, max: 64 },
  cfg: { min: 1, max: 1000 },
} as const;

/** Most solver steps per token. */
const MOST_STEPS = 1000;

/** Pictures where nobody says how many. */
const FEW = 4;

/** What is asked for where nobody says it. */
export function firstWish(choice: SamplingDefaults): Wish {
  return { labels: [], seed: 0, first: 0, count: FEW, choice };
}

/** The pictures of a wish: as the command `sample` numbers them and takes classes in turn. */
export function jobOf(
  { labels, seed, first, count, choice }: Wish,
  { classes }: { readonly classes: readonly string[] },
): SampleJob {
  const turn = labels.length > 0 ? labels : [...classes.keys()];
  const images = Array.from({ length: count }, (_, i) => ({
    label: turn[i % turn.length]!,
    index: first + i,
  }));
  return { seed, images, choice };
}

/** Steps as a person writes them: `25`, or `50:5`; undefined where it is neither. */
export function stepsIn(text: string): SamplingDefaults["steps"] | undefined {
  const parts = text.trim().split(":");
  const numbers = parts.map(Number);
  const isGood = numbers.every((n) =>
    Number.isInteger(n) && n >= 1 && n <= MOST_STEPS
  );
  if (!isGood || parts.length > 2 || parts.includes("")) return undefined;
  const [first, last] = numbers as [number, number?];
  return last === undefined ? first : `${first}:${last}`;
}
