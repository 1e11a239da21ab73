import type { RandomOps } from "../op_attributes.ts";
import type { DType } from "../host_tensor.ts";
import { sameShape } from "../shape.ts";
import {
  operands,
  type OpTable,
  requireDType,
  requireRank,
  requireShapes,
} from "./rule.ts";

function isWord(dtype: DType): boolean {
  return dtype === "u32";
}

/** Ops that draw random numbers from counters (Philox4x32-10). */
export const random: Pick<OpTable, keyof RandomOps> = {
  uniform: {
    equation:
      "y[r, e] in (0, 1) from the Philox block of counter (e / 4, step, rows[r], stream) and the key",
    traits: ["random"],
    type: (inputs, { shape }) => {
      const [key, rows, step] = operands(inputs, 3);
      [key, rows, step].forEach((words) => requireDType(words, isWord));
      requireShapes(sameShape(key.shape, [2]), key.shape, {
        b: [2],
        rule: "a key of two words",
      });
      requireRank(rows.shape, 1, "row numbers");
      requireRank(step.shape, 0, "a step number");
      return { shape: [rows.shape[0]!, ...shape], dtype: "f32" };
    },
  },
};
