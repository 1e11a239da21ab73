import type { FAMILIES } from "../../../tensor/mod.ts";
import type { LoweringTable } from "./lowering.ts";

/** Leaves are stored before a kernel runs: reading them is all there is. */
export const leaf: Pick<LoweringTable, keyof typeof FAMILIES.leaf> = {
  input: {
    kind: "view",
    cost: 0,
    movesOnly: true,
    write: (node, at, code) => code.read(node, at),
  },
  constant: {
    kind: "view",
    cost: 0,
    movesOnly: true,
    write: (node, at, code) => code.read(node, at),
  },
};
