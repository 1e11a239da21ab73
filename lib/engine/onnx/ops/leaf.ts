import { arrayView, type FAMILIES } from "../../../tensor/mod.ts";
import type { LoweringTable } from "../lowering.ts";

/** Lowerings of the leaves; inputs are set before the walk. */
export const leaf: Pick<LoweringTable, keyof typeof FAMILIES.leaf> = {
  input: ({ attributes: { name } }) => {
    throw new Error(`internal: input "${name}" is not bound`);
  },
  constant: (node, { builder }) => {
    const { value, dtype } = node.attributes;
    const data = value.dtype === "f64"
      ? Float32Array.from(value.data)
      : arrayView(value.dtype, value.data.buffer, {
        byteOffset: value.data.byteOffset,
        length: value.data.length,
      });
    return builder.constant({ type: dtype, shape: node.shape }, data);
  },
};
