import { internNode, type Node, type Tensor } from "./node.ts";
import type { OpAttributes, OpName } from "./op_attributes.ts";
import { type OpRule, OPS } from "./ops/mod.ts";

/**
 * Applies an op to its inputs after checking that they fit.
 *
 * @throws {TypeError} when they do not, naming the op, the scope and the shapes
 */
export function apply<K extends OpName>(
  op: K,
  inputs: readonly Tensor[],
  attributes: OpAttributes[K],
): Node<K> {
  const rule: OpRule<K> = OPS[op];
  let type;
  try {
    type = rule.type(inputs, attributes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const shapes = inputs.map((x) => `${x.dtype} [${x.shape}]`).join(", ");
    const where = inputs.at(-1)?.scope ?? "";
    const place = where === "" ? "" : ` near "${where}"`;
    throw new TypeError(
      `Cannot apply "${op}" to (${shapes})${place}: ${error.message}`,
    );
  }
  return internNode(op, inputs, { attributes, type });
}
