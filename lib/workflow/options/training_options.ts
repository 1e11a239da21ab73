import { z } from "zod";
import { type PresetName, PRESETS } from "../../preset/mod.ts";

/** Names of the presets, as a schema takes choices. */
export const PRESET_NAMES = Object.keys(PRESETS) as [
  PresetName,
  ...PresetName[],
];

/** The preset whose numbers a stage starts from. */
export const PRESET_OPTION = {
  preset: z.enum(PRESET_NAMES).default("tiny").describe("sizes and schedules"),
};

/** Numbers of a training that may differ from the preset's. */
export const TRAINING_OPTIONS = {
  steps: z.int().min(1).max(100_000_000).optional()
    .describe("optimiser steps (default: the preset's)"),
  batch: z.int().min(1).max(65_536).optional()
    .describe("images in one step (default: the preset's)"),
  learningRate: z.number().positive().optional()
    .describe("peak learning rate (default: the preset's)"),
};

/** Options of how a training is computed, which do not change what it is. */
export const COMPUTE_OPTIONS = {
  recompute: z.boolean().optional().describe(
    "compute blocks again for their gradients: less memory, a third more work",
  ),
  accumulate: z.int().min(1).max(65_536).optional().describe(
    "parts of a batch whose gradients are added up in turn: less memory",
  ),
};

/** The numbers of a preset with those that the user gave in their place. */
export function withGiven<N extends object>(
  numbers: N,
  given: Readonly<Record<string, unknown>>,
): N {
  const chosen = Object.entries(given)
    .filter(([key, value]) => key in numbers && value !== undefined);
  return { ...numbers, ...Object.fromEntries(chosen) };
}
