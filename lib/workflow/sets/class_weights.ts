import { type RandomStream, WeightedChoice } from "../../random/mod.ts";
import type { Labelled } from "./labelled.ts";

/** Draws images so that a class of n is drawn as n^power. */
export function drawByClass(
  { labels, classes }: Pick<Labelled, "labels" | "classes">,
  power: number,
): (draws: RandomStream) => number {
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]!++;
  const choice = new WeightedChoice(
    Float64Array.from(labels, (label) => counts[label]! ** (power - 1)),
  );
  return (draws) => choice.draw(draws);
}
