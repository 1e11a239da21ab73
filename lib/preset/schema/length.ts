import { z } from "zod";
import { steps } from "./bounds.ts";

/** Units of a training's length, of which a preset says one. */
export const LENGTH_UNITS = ["steps", "epochs"] as const;

/** How long a training is, in either unit. */
export const LENGTH = {
  steps: steps().min(1).optional().describe("optimiser steps"),
  epochs: z.number().positive().max(1_000_000).optional().describe(
    "how often each image is seen, in place of steps; images that fill no " +
      "batch do not count",
  ),
} satisfies Readonly<Record<typeof LENGTH_UNITS[number], z.ZodType>>;

/** A length as a preset says it. */
export interface Length {
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
}

/** Refuses a training of no length, and one of two. */
export function requireOneLength(
  said: Length,
  context: z.core.$RefinementCtx,
): void {
  const units = LENGTH_UNITS.filter((unit) => said[unit] !== undefined);
  if (units.length === 1) return;
  const message = units.length === 0
    ? "expected a number, or epochs in its place"
    : "expected one of steps and epochs";
  context.addIssue({ code: "custom", path: ["steps"], message, input: said });
}
