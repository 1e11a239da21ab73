import type { FAMILIES, Tensor } from "../../../tensor/mod.ts";
import { div, fixed, indexText, linearize, mod } from "../wgsl/index.ts";
import type { LoweringTable } from "./lowering.ts";

/** Ten rounds of two wide products, shared by four draws at best. */
const PHILOX_COST = 100;

/** Random ops: counters in, numbers out, so they are computed where they are read. */
export const random: Pick<LoweringTable, keyof typeof FAMILIES.random> = {
  uniform: {
    kind: "view",
    cost: PHILOX_COST,
    movesOnly: false,
    write: (node, [row, ...inner], code) => {
      const [key, rows, step] = node.inputs as [Tensor, Tensor, Tensor];
      const { stream } = node.attributes;
      const element = linearize(inner, node.attributes.shape);
      const { writer } = code;
      const block = div(element, 4);
      const counter = [
        indexText(block),
        code.evaluate(step, []),
        code.evaluate(rows, [row!]),
        `${stream}u`,
      ].join(", ");
      const words = [0, 1]
        .map((i) => code.evaluate(key, [fixed(i)])).join(", ");
      const drawn = writer.once(
        `philox ${counter} ${words}`,
        () =>
          writer.value(
            `${
              code.call("philox")
            }(vec4<u32>(${counter}), vec2<u32>(${words}))`,
          ),
      );
      const word = `${drawn}[${indexText(mod(element, 4))}]`;
      return writer.value(`${code.call("uniform_word")}(${word})`);
    },
  },
};
