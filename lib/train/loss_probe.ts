import { Parameters } from "../nn/mod.ts";
import type { ProbeParts } from "./probe.ts";
import type { TrainingStep } from "./step.ts";

/** The loss of a step with one player, from the weights so far. */
export function lossProbe(step: TrainingStep): ProbeParts<"loss"> {
  const player = Object.keys(step.players)[0]!;
  return {
    name: `validate ${step.name}`,
    player,
    inputs: step.inputs,
    build: (p) => {
      const players = { [player]: p };
      const frozen = new Parameters({});
      const { losses } = step.build({ players, frozen, buffers: {} });
      return { loss: losses[player]! };
    },
  };
}
