import type { Tensor } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../code.ts";
import { floatText } from "../../wgsl/writer.ts";
import { groupName, type KernelContext } from "../context.ts";
import {
  addRows,
  declareRows,
  forEachMet,
  forEachOwn,
  writeScores,
} from "./block.ts";
import { keysSeen } from "./forward.ts";
import { forEachBlock, takeOwn } from "./load.ts";
import { joinParts, writeRows } from "./results.ts";
import { type Gradient, statisticsOf } from "./statistics.ts";
import {
  beginTiles,
  type Layout,
  layoutOf,
  ownRow,
  sizesOf,
  workgroupOf,
} from "./tile.ts";

/**
 * dq = scale dS k, a query a lane; dS = P (dy v^T - sum of y dy), with the
 * weights P computed again from the scores and their statistics.
 */
export function queryGradientKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const node = group.anchors[0] as Gradient;
  const [q, k, v, dy] = node.inputs as [Tensor, Tensor, Tensor, Tensor];
  const { causal, scale } = node.attributes;
  const sizes = sizesOf(q, k);
  const { queries, keys } = sizes;
  const layout = layoutOf(
    { sizes, length: queries, others: keys, results: 1 },
    context.limits,
  );
  const statistics = statisticsOf(node, context);
  const code = new KernelCode(context.homes, {
    fours: true,
    images: layout.broadcasts,
  });
  const { writer } = code;
  beginTiles(code, layout);
  takeOwn(code, q, { layout, name: "query", factor: floatText(scale) });
  takeOwn(code, dy, { layout, name: "cotangent" });
  declareRows(code, layout, "sum");
  const logSumExp = code.bind(statistics.logSumExp, false);
  const along = code.bind(statistics.along, false);
  forEachOwn(layout, (r) => {
    const query = ownRow(layout, r);
    const row = `h * ${queries}u + min(${query}, ${queries - 1}u)`;
    writer.line(`let log_sum${r} = ${logSumExp}[${row}];`);
    writer.line(`let along${r} = ${along}[${row}];`);
    writer.line(`let seen${r} = ${keysSeen(sizes, { causal, query })};`);
  });
  const last = `first + ${layout.rows - 1}u`;
  forEachBlock(code, [k, v], {
    layout,
    from: "0u",
    until: keysSeen(sizes, { causal, query: last }),
    body: { block: () => writeBlock(code, [k, v], layout) },
  });
  joinParts(code, layout, {
    rows: ["sum"],
    join: (a, b) => `${a} += ${b};`,
  });
  writeRows(code, group, {
    layout,
    rows: [{ name: "sum", factor: () => floatText(scale) }],
  });
  const kernel = code.finish({
    name: groupName(group),
    workgroupSize: workgroupOf(layout),
    workgroups: sizes.batch * sizes.heads * layout.tiles,
    flops: 6 * sizes.batch * sizes.heads * queries * keys * sizes.width,
  });
  return [...statistics.kernels, kernel];
}

function writeBlock(
  code: KernelCode,
  [k, v]: readonly [Tensor, Tensor],
  layout: Layout,
): void {
  const { writer } = code;
  const exponential = code.call("exponential");
  const keys = { operand: k, second: false };
  const values = { operand: v, second: true };
  writeScores(code, keys, { name: "score", own: "query", layout });
  writeScores(code, values, { name: "slope", own: "cotangent", layout });
  forEachOwn(layout, (r) =>
    forEachMet(layout, (i) => {
      const weight = `${exponential}(score${r}_${i} - log_sum${r})`;
      const moved = `${weight} * (slope${r}_${i} - along${r})`;
      const visible = `start + block + ${i}u < seen${r}`;
      writer.line(`slope${r}_${i} = select(0.0f, ${moved}, ${visible});`);
    }));
  addRows(code, keys, { to: "sum", weight: "slope", layout });
}
