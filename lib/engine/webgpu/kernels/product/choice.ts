import type { Kernel } from "../code.ts";
import type { KernelContext, KernelLimits } from "../context.ts";
import { formatOf } from "./block.ts";
import type { Problem } from "./problem.ts";
import {
  candidatesFor,
  classOf,
  defaultVariant,
  type Variant,
  VARIANTS,
} from "./variants.ts";

/** What a choice is remembered by: adapter and class of problems. */
export function choiceKey({ adapter }: KernelLimits, name: string): string {
  return `${adapter}: ${name}`;
}

/**
 * The variant for a problem: the one that is remembered for its class on this
 * adapter, else the one that is best as a rule.
 */
export function chooseVariant(
  problem: Problem,
  { context: { homes, limits, choices }, make }: {
    context: KernelContext;
    make(variant: Variant): Kernel[];
  },
): Variant {
  const fallback = defaultVariant(problem, limits);
  if (choices === undefined) return fallback;
  const formats = [problem.left, problem.right]
    .map((operand) => formatOf(operand, homes) ?? "");
  const key = choiceKey(
    limits,
    [classOf(problem), ...formats].join(" ").trim(),
  );
  const candidates = candidatesFor(problem, limits);
  const wanted = choices.get(key);
  if (wanted !== undefined) {
    const known = VARIANTS.find((variant) =>
      variant.name === wanted && variant.applies(limits)
    );
    return known ?? fallback;
  }
  choices.ask?.({
    key,
    candidates: candidates.map((variant) => ({
      name: variant.name,
      make: () => make(variant),
    })),
  });
  return fallback;
}
