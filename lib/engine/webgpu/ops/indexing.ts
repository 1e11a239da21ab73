import type { FAMILIES, Node, Tensor } from "../../../tensor/mod.ts";
import { valueType } from "../wgsl/types.ts";
import { type Index, indexText, plus, symbol } from "../wgsl/index.ts";
import type { LoweringTable, OpCode } from "./lowering.ts";

/** A position that is data, clamped to 0 .. last, as an index. */
export function positionOf(
  start: Tensor,
  last: number,
  code: OpCode,
): Index {
  const value = code.evaluate(start, []);
  const name = code.writer.once(`clamped ${value} ${last}`, () => {
    const clamped = start.dtype === "i32"
      ? `u32(clamp(${value}, 0i, ${last}i))`
      : `min(${value}, ${last}u)`;
    return code.writer.value(clamped, "at");
  });
  return symbol(name, last + 1);
}

function writeUpdate(
  node: Node<"update_slice">,
  at: readonly Index[],
  code: OpCode,
): string {
  const [x, update, start] = node.inputs as [Tensor, Tensor, Tensor];
  const { axis } = node.attributes;
  const size = update.shape[axis]!;
  const { writer } = code;
  const first = positionOf(start, x.shape[axis]! - size, code);
  const result = writer.name("p");
  writer.line(`var ${result}: ${valueType(node.dtype)};`);
  const own = writer.value(
    `${indexText(at[axis]!)} - (${indexText(first)})`,
  );
  writer.block(`if (${own} < ${size}u)`, () => {
    const inner = at.with(axis, symbol(own, size));
    writer.line(`${result} = ${code.evaluate(update, inner)};`);
  });
  writer.block("else", () => {
    writer.line(`${result} = ${code.evaluate(x, at)};`);
  });
  return result;
}

/** Indexing ops: reads at positions that are data. */
export const indexing: Pick<LoweringTable, keyof typeof FAMILIES.indexing> = {
  gather: {
    kind: "view",
    cost: 2,
    movesOnly: false,
    write: (node, at, code) => {
      const [table, indices] = node.inputs as [Tensor, Tensor];
      const rank = indices.shape.length;
      const index = code.evaluate(indices, at.slice(0, rank));
      const rows = table.shape[0]!;
      // Positions outside are clamped, as hardware would: nothing is read there.
      const name = code.writer.value(
        indices.dtype === "i32"
          ? `u32(clamp(${index}, 0i, ${rows - 1}i))`
          : `min(${index}, ${rows - 1}u)`,
      );
      return code.evaluate(table, [symbol(name, rows), ...at.slice(rank)]);
    },
  },
  slice_at: {
    kind: "view",
    cost: 2,
    movesOnly: false,
    write: (node, at, code) => {
      const [x, start] = node.inputs as [Tensor, Tensor];
      const { axis, size } = node.attributes;
      const first = positionOf(start, x.shape[axis]! - size, code);
      // Together they stay inside: a symbol of that range keeps divisions exact.
      const moved = plus(first, at[axis]!);
      return code.evaluate(x, at.with(axis, narrowed(moved, x.shape[axis]!)));
      function narrowed(index: Index, all: number): Index {
        if (index.max < all) return index;
        return symbol(code.writer.value(indexText(index)), all);
      }
    },
  },
  update_slice: { kind: "view", cost: 4, movesOnly: false, write: writeUpdate },
  scatter_add: {
    kind: "kernel",
    family: "scatter",
    readsExpressions: true,
    domain: "elements",
  },
};
