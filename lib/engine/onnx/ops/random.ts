import type { FAMILIES } from "../../../tensor/mod.ts";
import type { LoweringTable } from "../lowering.ts";

/** Draws are made by the engine before the session runs: inputs of the model. */
export const random: Pick<LoweringTable, keyof typeof FAMILIES.random> = {
  uniform: (node) => {
    throw new Error(`internal: draw ${node.id} is not bound`);
  },
};
