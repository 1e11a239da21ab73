import type { Tensor } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../code.ts";
import { floatText } from "../../wgsl/writer.ts";
import { groupName, type KernelContext } from "../context.ts";
import { addRows, declareRows, forEachMet, writeScores } from "./block.ts";
import { forEachBlock, takeOwn } from "./load.ts";
import { joinParts, writeRows } from "./results.ts";
import { type Gradient, type Statistics, statisticsOf } from "./statistics.ts";
import {
  beginTiles,
  type Layout,
  layoutOf,
  type Sizes,
  sizesOf,
  workgroupOf,
} from "./tile.ts";

/** Row that each gradient collects in. */
const COLLECTED = {
  attention_dk: "key_sum",
  attention_dv: "value_sum",
} as const;

/**
 * dv = P^T dy and dk = scale dS^T q, a key a lane, which meets the queries that
 * see it; either or both, as the group has them.
 */
export function keyGradientKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const anchors = group
    .anchors as (Gradient & { op: keyof typeof COLLECTED })[];
  const [node] = anchors as [Gradient];
  const [q, k, v, dy] = node.inputs as [Tensor, Tensor, Tensor, Tensor];
  const { causal, scale } = node.attributes;
  const sizes = sizesOf(q, k);
  const layout = layoutOf(
    { sizes, length: sizes.keys, others: sizes.queries, results: 2 },
    context.limits,
  );
  const statistics = statisticsOf(node, context);
  const code = new KernelCode(context.homes, {
    fours: true,
    images: layout.broadcasts,
  });
  beginTiles(code, layout);
  const rows = anchors.map(({ op }) => COLLECTED[op]);
  // Scores and dk need the scale once each, on this side.
  takeOwn(code, k, { layout, name: "key", factor: floatText(scale) });
  if (rows.includes("key_sum")) takeOwn(code, v, { layout, name: "value" });
  rows.forEach((row) => declareRows(code, layout, row));
  code.shared(`statistics: array<vec2<f32>, ${layout.staged}>`);
  const seen = seenBy(sizes, causal);
  forEachBlock(code, [q, dy], {
    layout,
    from: startOf(layout, causal),
    until: `${sizes.queries}u`,
    body: {
      staged: () => stageStatistics(code, statistics, layout),
      block: () => writeBlock(code, [q, dy], { rows, seen, layout }),
    },
  });
  joinParts(code, layout, { rows, join: (a, b) => `${a} += ${b};` });
  writeRows(code, group, {
    layout,
    rows: rows.map((name) =>
      name === "key_sum" ? { name, factor: () => floatText(scale) } : { name }
    ),
  });
  const kernel = code.finish({
    name: groupName(group),
    workgroupSize: workgroupOf(layout),
    workgroups: sizes.batch * sizes.heads * layout.tiles,
    flops: (rows.includes("key_sum") ? 8 : 4) * sizes.batch * sizes.heads *
      sizes.queries * sizes.keys * sizes.width,
  });
  return [...statistics.kernels, kernel];
}

/** The first query of a staged tile that sees a key of the workgroup. */
function startOf({ sizes, staged }: Layout, causal: boolean): string {
  if (!causal) return "0u";
  const earlier = sizes.keys - sizes.queries;
  return `(max(first, ${earlier}u) - ${earlier}u) / ${staged}u * ${staged}u`;
}

/** Whether the query at `query` sees the own key, as an expression. */
function seenBy({ queries, keys }: Sizes, causal: boolean) {
  return (query: string) => {
    const exists = `${query} < ${queries}u`;
    if (!causal) return exists;
    return `${exists} && first + own <= ${query} + ${keys - queries}u`;
  };
}

/** Copies the statistics of the staged queries beside them. */
function stageStatistics(
  code: KernelCode,
  { logSumExp, along }: Statistics,
  layout: Layout,
): void {
  const { sizes: { queries }, staged } = layout;
  const { writer } = code;
  if (layout.broadcasts) writer.line("workgroupBarrier();");
  const [a, b] = [logSumExp, along]
    .map((storage) => code.bind(storage, false));
  const step = workgroupOf(layout);
  writer.block(`for (var i = lane; i < ${staged}u; i += ${step}u)`, () => {
    const row = `h * ${queries}u + min(start + i, ${queries - 1}u)`;
    writer.line(`let known = ${row};`);
    writer.line(`statistics[i] = vec2<f32>(${a}[known], ${b}[known]);`);
  });
  if (layout.broadcasts) writer.line("workgroupBarrier();");
}

function writeBlock(
  code: KernelCode,
  [q, dy]: readonly [Tensor, Tensor],
  { rows, seen, layout }: {
    rows: readonly string[];
    seen(query: string): string;
    layout: Layout;
  },
): void {
  const { writer } = code;
  const exponential = code.call("exponential");
  const queries = { operand: q, second: false };
  const cotangents = { operand: dy, second: true };
  const collectsKeys = rows.includes("key_sum");
  writeScores(code, queries, { name: "score", own: "key", layout });
  if (collectsKeys) {
    writeScores(code, cotangents, { name: "slope", own: "value", layout });
  }
  forEachMet(layout, (i) => {
    const [score, slope] = [`score0_${i}`, `slope0_${i}`];
    const staged = `statistics[block + ${i}u]`;
    const weight = `${exponential}(${score} - ${staged}.x)`;
    const visible = seen(`start + block + ${i}u`);
    writer.line(`${score} = select(0.0f, ${weight}, ${visible});`);
    if (!collectsKeys) return;
    writer.line(`${slope} = ${score} * (${slope} - ${staged}.y);`);
  });
  if (rows.includes("value_sum")) {
    addRows(code, cotangents, { to: "value_sum", weight: "score", layout });
  }
  if (collectsKeys) {
    addRows(code, queries, { to: "key_sum", weight: "slope", layout });
  }
}
