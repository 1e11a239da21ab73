import {
  broadcastStrides,
  type FAMILIES,
  type Node,
  normalizeAxes,
  sizeOf,
} from "../../../tensor/mod.ts";
import { alignedCoordinates, valueType } from "../wgsl/types.ts";
import {
  fixed,
  type Index,
  indexText,
  plus,
  reshapeCoordinates,
  symbol,
  times,
} from "../wgsl/index.ts";
import { allOf } from "../wgsl/writer.ts";
import type { LoweringTable, OpCode, View } from "./lowering.ts";

type Moves = "reshape" | "permute" | "broadcast" | "slice" | "flip";

/** A view that reads one element of its input. */
function moves<K extends Moves>(
  { source, forward }: {
    source(node: Node<K>, at: readonly Index[]): Index[];
    forward?(node: Node<K>, at: readonly Index[]): Index[];
  },
): View<K> {
  return {
    kind: "view",
    cost: 0,
    movesOnly: true,
    write: (node, at, code) => code.evaluate(node.inputs[0]!, source(node, at)),
    ...(forward && { forward }),
  };
}

/** A zero of a type, as WGSL text. */
function zero(node: Pick<Node, "dtype">): string {
  return `${valueType(node.dtype)}()`;
}

/** Positions inside of a block of an axis: below 2^32 they wrap when outside. */
function inside(position: string, size: number): string {
  return `${position} < ${size}u`;
}

function writePad(
  node: Node<"pad">,
  at: readonly Index[],
  code: OpCode,
): string {
  const { writer } = code;
  const x = node.inputs[0]!;
  const { low } = node.attributes;
  if (sizeOf(x.shape) === 0) return zero(node);
  if (sizeOf(x.shape) === sizeOf(node.shape)) return code.evaluate(x, at);
  const result = writer.name("p");
  writer.line(`var ${result} = ${zero(node)};`);
  const conditions: string[] = [];
  const inner = at.map((c, axis) => {
    const size = x.shape[axis]!;
    if (low[axis] === 0 && size === node.shape[axis]) return c;
    const shifted = plus(c, fixed(-low[axis]!));
    const name = writer.value(indexText(shifted));
    conditions.push(inside(name, size));
    return symbol(name, size);
  });
  writer.block(`if (${allOf(conditions)})`, () => {
    writer.line(`${result} = ${code.evaluate(x, inner)};`);
  });
  return result;
}

function writeConcat(
  node: Node<"concat">,
  at: readonly Index[],
  code: OpCode,
): string {
  const { writer } = code;
  const { axis } = node.attributes;
  const result = writer.name("p");
  writer.line(`var ${result} = ${zero(node)};`);
  const along = writer.value(indexText(at[axis]!));
  let start = 0;
  for (const x of node.inputs) {
    const size = x.shape[axis]!;
    if (size > 0) {
      const position = start === 0 ? along : `${along} - ${start}u`;
      const own = writer.value(position);
      writer.block(`if (${inside(own, size)})`, () => {
        const inner = at.with(axis, symbol(own, size));
        writer.line(`${result} = ${code.evaluate(x, inner)};`);
      });
    }
    start += size;
  }
  return result;
}

/** Movement ops: where each element comes from. */
export const movement: Pick<LoweringTable, keyof typeof FAMILIES.movement> = {
  reshape: moves<"reshape">({
    source: ({ shape, inputs: [x] }, at) =>
      reshapeCoordinates(at, shape, x!.shape),
    forward: ({ shape, inputs: [x] }, at) =>
      reshapeCoordinates(at, x!.shape, shape),
  }),
  permute: moves<"permute">({
    source: ({ attributes: { order } }, at) =>
      order.map((_, axis) => at[order.indexOf(axis)]!),
    forward: ({ attributes: { order } }, at) => order.map((axis) => at[axis]!),
  }),
  broadcast: moves<"broadcast">({
    source: ({ shape, inputs: [x] }, at) => {
      broadcastStrides(x!.shape, shape);
      return alignedCoordinates(at, x!);
    },
  }),
  slice: moves<"slice">({
    source: ({ attributes: { starts } }, at) =>
      at.map((c, axis) => plus(c, fixed(starts[axis]!))),
  }),
  flip: moves<"flip">({
    source: ({ shape, attributes: { axes } }, at) => {
      const flipped = normalizeAxes(axes, shape.length);
      return at.map((c, axis) =>
        flipped.includes(axis) ? plus(fixed(shape[axis]! - 1), times(c, -1)) : c
      );
    },
  }),
  pad: { kind: "view", cost: 4, movesOnly: false, write: writePad },
  concat: { kind: "view", cost: 4, movesOnly: false, write: writeConcat },
};
