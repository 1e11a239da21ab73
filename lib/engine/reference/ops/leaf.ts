import type { FAMILIES } from "../../../tensor/mod.ts";
import type { Elements, ReferenceTable } from "./value.ts";

/** Leaves: constants are read; inputs are bound before the walk. */
export const leaf: Pick<ReferenceTable, keyof typeof FAMILIES.leaf> = {
  input: (node) => {
    throw new Error(`internal: input "${node.attributes.name}" is not bound`);
  },
  constant: ({ attributes: { value } }) =>
    value.dtype === "f32"
      ? Float64Array.from(value.data)
      : value.data as Elements,
};
