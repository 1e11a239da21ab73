import type { ArConfig } from "../../model/mod.ts";
import { PAPER_PRESETS, type Sampling } from "../../preset/mod.ts";
import { presetNumbers } from "./preset_options.ts";

/** What a user says of how to sample. */
export interface GivenNumbers extends Partial<Sampling> {
  readonly preset?: string | undefined;
  readonly set?: readonly string[] | undefined;
}

/** Numbers of a run, and whose they are where none are given. */
export interface ChosenNumbers {
  readonly from: string;
  readonly numbers: Sampling;
}

/** Preset of models that are no released ones. */
const OTHERWISE = "tiny";

/**
 * The numbers of a preset, else of the released model of these sizes.
 *
 * @throws {UserError} where the preset or what is set does not fit
 */
export async function numbersOf(
  config: ArConfig,
  { preset, ...given }: GivenNumbers,
): Promise<ChosenNumbers> {
  const { releasedAr } = await import("../../preset/checked.ts");
  const letter = preset === undefined ? releasedAr(config)?.letter : undefined;
  if (letter === undefined) {
    const from = preset ?? OTHERWISE;
    return { from, numbers: await givenNumbers(from, given) };
  }
  const numbers = await givenNumbers(PAPER_PRESETS[letter], given);
  return { from: `SphereAR-${letter}`, numbers };
}

/** The same as the recipe has it: all numbers that may be meant. */
export async function settledNumbers(
  { preset, ...given }: GivenNumbers,
): Promise<unknown> {
  if (preset !== undefined) return await givenNumbers(preset, given);
  const meant = { ...PAPER_PRESETS, [OTHERWISE]: OTHERWISE };
  const rows = Object.entries(meant).map(async ([name, row]) =>
    [name, await givenNumbers(row, given)] as const
  );
  return Object.fromEntries(await Promise.all(rows));
}

async function givenNumbers(
  preset: string,
  given: Omit<GivenNumbers, "preset">,
): Promise<Sampling> {
  return (await presetNumbers("sample", { ...given, preset })).sampling;
}
