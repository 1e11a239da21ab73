import type { ArConfig } from "../../model/mod.ts";
import {
  PAPER_SAMPLING,
  type PresetName,
  PRESETS,
  releasedAr,
  type Sampling,
} from "../../preset/mod.ts";
import { withGiven } from "./training_options.ts";

/** What a user says of how to sample. */
export interface GivenNumbers extends Partial<Sampling> {
  readonly preset?: PresetName | undefined;
}

/** Numbers of a run, and whose they are where none are given. */
export interface ChosenNumbers {
  readonly from: string;
  readonly numbers: Sampling;
}

/** Preset of models that are no released ones. */
const OTHERWISE: PresetName = "tiny";

/** The numbers of a preset, else of the released model of these sizes. */
export function numbersOf(
  config: ArConfig,
  { preset, ...given }: GivenNumbers,
): ChosenNumbers {
  const letter = preset === undefined ? releasedAr(config)?.letter : undefined;
  const own = letter === undefined ? undefined : PAPER_SAMPLING[letter];
  const name = preset ?? OTHERWISE;
  return {
    from: own === undefined ? name : `SphereAR-${letter}`,
    numbers: withGiven(own ?? PRESETS[name].sampling, given),
  };
}

/** The same as the recipe has it: all numbers that may be meant. */
export function settledNumbers({ preset, ...given }: GivenNumbers): unknown {
  if (preset !== undefined) return withGiven(PRESETS[preset].sampling, given);
  const rows = { ...PAPER_SAMPLING, [OTHERWISE]: PRESETS[OTHERWISE].sampling };
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, withGiven(row, given)]),
  );
}
