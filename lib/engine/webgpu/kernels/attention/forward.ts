import type { Node, Tensor } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../../wgsl/code.ts";
import { floatText } from "../../wgsl/writer.ts";
import { groupName, type KernelContext } from "../context.ts";
import { joinParts, writeRows } from "./results.ts";
import {
  addRows,
  beginTiles,
  BLOCK,
  declareRow,
  forEachBlock,
  type Layout,
  layoutOf,
  sizesOf,
  stageRows,
  takeOwn,
  workgroupOf,
  writeScores,
} from "./tile.ts";

/** Score of a key that a query must not see: e to it is 0, and differences stay finite. */
export const HIDDEN = "-1e38f";

/**
 * Attention forward: a query a lane, with the largest score so far and sums that
 * are scaled down whenever a larger one comes (Milakov and Gimelshein 2018, Dao
 * et al. 2022). No score leaves the registers.
 */
export function forwardKernel(
  group: Group,
  { homes, limits }: KernelContext,
): Kernel {
  const node = group.anchors[0] as Node<"attention">;
  const [q, k, v] = node.inputs as [Tensor, Tensor, Tensor];
  const { causal, scale } = node.attributes;
  const sizes = sizesOf(q, k);
  const { queries, keys } = sizes;
  const layout = layoutOf(sizes, {
    length: queries,
    others: keys,
    results: 1,
    limits,
  });
  const code = new KernelCode(homes, { vectors: true });
  const { writer } = code;
  beginTiles(code, layout);
  takeOwn(code, q, { layout, name: "query", factor: floatText(scale) });
  declareRow(code, layout, "sum");
  writer.line(`var largest = ${HIDDEN};`);
  writer.line("var total = 0.0f;");
  writer.line(`let seen = ${keysSeen({ causal, queries, keys, of: "own" })};`);
  const until = keysSeen({ causal, queries, keys, of: `${layout.rows - 1}u` });
  const loop = `start < ${until}; start += ${layout.staged}u`;
  writer.block(`for (var start = 0u; ${loop})`, () => {
    stagePair(code, [k, v], { layout, limit: keys });
    forEachBlock(code, layout, () => writeBlock(code, layout));
  });
  joinSums(code, layout);
  const logSumExp = group.extras.get("logSumExp");
  if (logSumExp !== undefined) {
    const head = `if (part == 0u && first + own < ${queries}u)`;
    writer.block(head, () => {
      const value = `largest + ${code.call("logarithm")}(total)`;
      code.store(logSumExp, `h * ${queries}u + first + own`, value);
    });
  }
  writer.line("let inverse = 1.0f / total;");
  writeRows(code, group, {
    layout,
    rows: [{ name: "sum", factor: "inverse" }],
  });
  return code.finish({
    name: groupName(group),
    workgroupSize: workgroupOf(layout),
    workgroups: sizes.batch * sizes.heads * layout.tiles,
    flops: 4 * sizes.batch * sizes.heads * queries * keys * sizes.width,
  });
}

/** How many keys a query of the tile sees: all, or those up to its own row. */
export function keysSeen({ causal, queries, keys, of }: {
  causal: boolean;
  queries: number;
  keys: number;
  of: string;
}): string {
  if (!causal) return `${keys}u`;
  return `min(${keys}u, first + ${of} + ${keys - queries + 1}u)`;
}

/** Stages rows of two operands, the second behind the first, from row `start` on. */
export function stagePair(
  code: KernelCode,
  operands: readonly [Tensor, Tensor],
  { layout, limit }: { layout: Layout; limit: number },
): void {
  const { writer } = code;
  const { staged, chunks } = layout;
  // What was staged before has been read.
  writer.line("workgroupBarrier();");
  operands.forEach((operand, i) =>
    stageRows(code, operand, {
      layout,
      from: "start",
      count: staged,
      limit,
      offset: i * staged * chunks,
    })
  );
  writer.line("workgroupBarrier();");
}

/** Scores a block of keys and adds their values to the sums. */
function writeBlock(code: KernelCode, layout: Layout): void {
  const { writer } = code;
  const exponential = code.call("exponential");
  const numbers = Array.from({ length: BLOCK }, (_, i) => i);
  writeScores(code, { name: "score", own: "query", layout });
  for (const i of numbers) {
    const visible = `start + block + ${i}u < seen`;
    writer.line(`score${i} = select(${HIDDEN}, score${i}, ${visible});`);
  }
  const most = numbers
    .reduce((all, i) => `max(${all}, score${i})`, "largest");
  writer.line(`let next = ${most};`);
  writer.line(`let shrink = ${exponential}(largest - next);`);
  writer.line("largest = next;");
  for (const i of numbers) {
    writer.line(`let weight${i} = ${exponential}(score${i} - next);`);
  }
  const weights = numbers.map((i) => `weight${i}`).join(" + ");
  writer.line(`total = total * shrink + ${weights};`);
  addRows(code, {
    to: "sum",
    weight: "weight",
    offset: layout.staged * layout.chunks,
    factor: "shrink",
    layout,
  });
}

function joinSums(code: KernelCode, layout: Layout): void {
  if (layout.splits === 1) return;
  const { writer } = code;
  const exponential = code.call("exponential");
  const places = layout.rows * layout.splits / 2;
  code.shared(`statistics: array<vec2<f32>, ${places}>`);
  joinParts(code, layout, {
    rows: ["sum"],
    leave: (at) =>
      writer.line(`statistics[${at}] = vec2<f32>(largest, total);`),
    take: (at) => {
      writer.line(`let other = statistics[${at}];`);
      writer.line("let most = max(largest, other.x);");
      writer.line(`let mine = ${exponential}(largest - most);`);
      writer.line(`let theirs = ${exponential}(other.x - most);`);
      writer.line("largest = most;");
      writer.line("total = total * mine + other.y * theirs;");
    },
    join: (a, b) => `${a} = ${a} * mine + ${b} * theirs;`,
  });
}
