import type { LeafOps } from "../op_attributes.ts";
import type { OpTable } from "./rule.ts";

/** Ops without inputs. */
export const leaf: Pick<OpTable, keyof LeafOps> = {
  input: {
    equation: "y = a value given at each run, or state",
    traits: ["leaf"],
    type: (_, { shape, dtype }) => ({ shape, dtype }),
  },
  constant: {
    equation: "y = a value fixed in the program",
    traits: ["leaf"],
    type: (_, { value, dtype }) => ({ shape: value.shape, dtype }),
  },
};
