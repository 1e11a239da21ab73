import type { OpTable } from "./rule.ts";

/** Ops without inputs. */
export const leaf: Pick<OpTable, "input" | "constant"> = {
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
