import { operands, type OpTable, requireRank } from "./rule.ts";

/** Ops that draw random numbers from counters (Philox4x32-10). */
export const random: Pick<OpTable, "uniform"> = {
  uniform: {
    equation:
      "y[r, e] in (0, 1) from the Philox block of counter (e / 4, step, rows[r], stream) and the key",
    traits: ["random"],
    type: (inputs, { shape }) => {
      const [key, rows, step] = operands(inputs, 3);
      requireRank(key.shape, 1, "a key of two words");
      requireRank(rows.shape, 1, "row numbers");
      requireRank(step.shape, 0, "a step number");
      return { shape: [rows.shape[0]!, ...shape], dtype: "f32" };
    },
  },
};
