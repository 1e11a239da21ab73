import { takesFewRows } from "../plan/few_rows.ts";
import { type Choices, type KernelLimits, narrowSubgroup } from "./context.ts";
import { choiceKey } from "./product/choice.ts";
import { sharesOf } from "./product/few.ts";
import { classOf, defaultVariant } from "./product/variants.ts";

/** Products of a SphereAR-B: rows of the head at batch 1, 64 and 256, then of training. */
const PRODUCTS = [
  { rows: 64, columns: 768, terms: 768 },
  { rows: 256, columns: 2304, terms: 768 },
  { rows: 512, columns: 3072, terms: 768 },
  { rows: 8192, columns: 768, terms: 3072 },
] as const;

/** How `x W^T` is named among the kinds of products. */
const KIND = "A BT";

/** Which kernels an adapter gets, by what they compute; "measured" where a tuner chose. */
export function describeKernels(
  limits: KernelLimits,
  choices: Choices,
): Record<string, string> {
  const { lanes, sums } = sharesOf(limits);
  const described: Record<string, string> = {
    "product of few rows": takesFewRows(limits)
      ? `${lanes} lanes, ${sums} sums a lane at most`
      : "as products of many rows",
    "attention": narrowSubgroup(limits) !== undefined
      ? "rows broadcast inside of a subgroup"
      : "tiles in shared memory",
  };
  for (const { rows, columns, terms } of PRODUCTS) {
    const problem = { kind: KIND, batch: 1, m: rows, n: columns, k: terms };
    const known = choices.get(choiceKey(limits, classOf(problem)));
    const variant = known ?? defaultVariant(problem, limits).name;
    described[`product [${rows}, ${terms}] [${terms}, ${columns}]`] =
      `${variant}, ${known === undefined ? "by rule" : "measured"}`;
  }
  return described;
}
