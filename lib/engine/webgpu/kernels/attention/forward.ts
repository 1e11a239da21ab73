import type { Node, Tensor } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../code.ts";
import type { Storage } from "../../wgsl/storage.ts";
import { floatText } from "../../wgsl/writer.ts";
import { groupName, type KernelContext } from "../context.ts";
import {
  addRows,
  declareRows,
  forEachMet,
  forEachOwn,
  writeScores,
} from "./block.ts";
import { forEachBlock, takeOwn } from "./load.ts";
import { joinParts, writeRows } from "./results.ts";
import {
  beginTiles,
  type Layout,
  layoutOf,
  ownRow,
  type Sizes,
  sizesOf,
  workgroupOf,
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
  const layout = layoutOf(
    { sizes, length: queries, others: keys, results: 1, each: 2 },
    limits,
  );
  const code = new KernelCode(homes, {
    fours: true,
    images: layout.broadcasts,
  });
  const { writer } = code;
  beginTiles(code, layout);
  takeOwn(code, q, { layout, name: "query", factor: floatText(scale) });
  declareRows(code, layout, "sum");
  forEachOwn(layout, (r) => {
    writer.line(`var largest${r} = ${HIDDEN};`);
    writer.line(`var total${r} = 0.0f;`);
    const seen = keysSeen(sizes, { causal, query: ownRow(layout, r) });
    writer.line(`let seen${r} = ${seen};`);
  });
  const last = `first + ${layout.rows - 1}u`;
  forEachBlock(code, [k, v], {
    layout,
    from: "0u",
    until: keysSeen(sizes, { causal, query: last }),
    body: { block: () => writeBlock(code, [k, v], layout) },
  });
  joinSums(code, layout);
  const { logSumExp } = Object.fromEntries(group.extras);
  if (logSumExp !== undefined) storeStatistics(code, logSumExp, layout);
  forEachOwn(
    layout,
    (r) => writer.line(`let inverse${r} = 1.0f / total${r};`),
  );
  writeRows(code, group, {
    layout,
    rows: [{ name: "sum", factor: (r) => `inverse${r}` }],
  });
  return code.finish({
    name: groupName(group),
    workgroupSize: workgroupOf(layout),
    workgroups: sizes.batch * sizes.heads * layout.tiles,
    flops: 4 * sizes.batch * sizes.heads * queries * keys * sizes.width,
  });
}

/** How many keys a query sees: all, or those up to its own row. */
export function keysSeen(
  { queries, keys }: Sizes,
  { causal, query }: { causal: boolean; query: string },
): string {
  if (!causal) return `${keys}u`;
  return `min(${keys}u, ${query} + ${keys - queries + 1}u)`;
}

/** Scores a block of keys and adds their values to the sums. */
function writeBlock(
  code: KernelCode,
  [k, v]: readonly [Tensor, Tensor],
  layout: Layout,
): void {
  const { writer } = code;
  const exponential = code.call("exponential");
  writeScores(code, { operand: k, second: false }, {
    name: "score",
    own: "query",
    layout,
  });
  forEachOwn(layout, (r) => {
    let most = `largest${r}`;
    const weights: string[] = [];
    forEachMet(layout, (i) => {
      const score = `score${r}_${i}`;
      const visible = `start + block + ${i}u < seen${r}`;
      writer.line(`${score} = select(${HIDDEN}, ${score}, ${visible});`);
      most = `max(${most}, ${score})`;
      weights.push(score);
    });
    writer.line(`let next${r} = ${most};`);
    writer.line(`let shrink${r} = ${exponential}(largest${r} - next${r});`);
    writer.line(`largest${r} = next${r};`);
    for (const score of weights) {
      writer.line(`${score} = ${exponential}(${score} - next${r});`);
    }
    const sum = weights.join(" + ");
    writer.line(`total${r} = total${r} * shrink${r} + ${sum};`);
  });
  addRows(code, { operand: v, second: true }, {
    to: "sum",
    weight: "score",
    factor: "shrink",
    layout,
  });
}

/** Logarithms of the sums of e^score: gradients need no more to have the weights again. */
function storeStatistics(
  code: KernelCode,
  logSumExp: Storage,
  layout: Layout,
): void {
  const { writer } = code;
  const { length } = layout;
  forEachOwn(layout, (r) => {
    const row = ownRow(layout, r);
    writer.block(`if (part == 0u && ${row} < ${length}u)`, () => {
      const value = `largest${r} + ${code.call("logarithm")}(total${r})`;
      code.store(logSumExp, `h * ${length}u + ${row}`, value);
    });
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
      writer.line(`statistics[${at}] = vec2<f32>(largest0, total0);`),
    take: (at) => {
      writer.line(`let other = statistics[${at}];`);
      writer.line("let most = max(largest0, other.x);");
      writer.line(`let mine = ${exponential}(largest0 - most);`);
      writer.line(`let theirs = ${exponential}(other.x - most);`);
      writer.line("largest0 = most;");
      writer.line("total0 = total0 * mine + other.y * theirs;");
    },
    join: (a, b) => `${a} = ${a} * mine + ${b} * theirs;`,
  });
}
