import { CFG_SCHEDULES, SOLVERS } from "../../sample/mod.ts";
import type { WebModel } from "../model/web_model.ts";
import { classWord, labelOf } from "./class_words.ts";
import { BOUNDS, firstWish, stepsIn, type Wish } from "./wish.ts";

/** What an address needs to know of a model. */
type Known = Pick<WebModel, "classes" | "defaults">;

/** A wish as the part of an address behind `#`: what is usual is left out. */
export function fragmentOf(wish: Wish, { classes, defaults }: Known): string {
  const usual = valuesOf(firstWish(defaults), classes);
  const given = Object.entries(valuesOf(wish, classes)).filter(
    ([key, value]) => value !== usual[key],
  );
  return new URLSearchParams(given).toString();
}

function valuesOf(
  { labels, seed, first, count, choice }: Wish,
  classes: readonly string[],
): Record<string, string> {
  const { solver, steps, cfg, cfgSchedule } = choice;
  return {
    classes: labels.map((label) => classWord(label, classes)).join(),
    seed: String(seed),
    first: String(first),
    count: String(count),
    cfg: String(cfg),
    schedule: cfgSchedule,
    solver,
    steps: String(steps),
  };
}

/** The wish of an address; what it does not say, or not well, is as usual. */
export function wishIn(fragment: string, { classes, defaults }: Known): Wish {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const usual = firstWish(defaults);
  const number = (key: keyof typeof BOUNDS, otherwise: number) => {
    const value = Number(given.get(key) ?? NaN);
    const { min, max } = BOUNDS[key];
    const isWhole = key === "cfg" || Number.isInteger(value);
    return isWhole && value >= min && value <= max ? value : otherwise;
  };
  const one = <T extends string>(key: string, all: readonly T[], usual: T) =>
    all.find((each) => each === given.get(key)) ?? usual;
  const { solver, steps, cfg, cfgSchedule } = defaults;
  return {
    labels: labelsIn(given.get("classes") ?? "", classes),
    seed: number("seed", usual.seed),
    first: number("first", usual.first),
    count: number("count", usual.count),
    choice: {
      solver: one("solver", SOLVERS, solver),
      steps: stepsIn(given.get("steps") ?? "") ?? steps,
      cfg: number("cfg", cfg),
      cfgSchedule: one("schedule", CFG_SCHEDULES, cfgSchedule),
    },
  };
}

function labelsIn(text: string, classes: readonly string[]): number[] {
  const found = text.split(",").map((word) => labelOf(word, classes));
  return [...new Set(found.filter((label) => label !== undefined))];
}
