import type { Tensor } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../../wgsl/code.ts";
import { floatText } from "../../wgsl/writer.ts";
import { groupName, type KernelContext } from "../context.ts";
import { keysSeen, stagePair } from "./forward.ts";
import { joinParts, writeRows } from "./results.ts";
import { type Gradient, statisticsOf } from "./statistics.ts";
import {
  addRows,
  beginTiles,
  BLOCK,
  declareRow,
  forEachBlock,
  layoutOf,
  sizesOf,
  takeOwn,
  workgroupOf,
  writeScores,
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
  const { limits } = context;
  const layout = layoutOf(sizes, {
    length: queries,
    others: keys,
    results: 1,
    limits,
  });
  const statistics = statisticsOf(node, context);
  const code = new KernelCode(context.homes, { vectors: true });
  const { writer } = code;
  const exponential = code.call("exponential");
  beginTiles(code, layout);
  takeOwn(code, q, { layout, name: "query", factor: floatText(scale) });
  takeOwn(code, dy, { layout, name: "cotangent" });
  declareRow(code, layout, "sum");
  const row = `h * ${queries}u + min(first + own, ${queries - 1}u)`;
  const logSumExp = code.bind(statistics.logSumExp, false, "f32");
  const along = code.bind(statistics.along, false, "f32");
  writer.line(`let log_sum = ${logSumExp}[${row}];`);
  writer.line(`let along = ${along}[${row}];`);
  writer.line(`let seen = ${keysSeen({ causal, queries, keys, of: "own" })};`);
  const until = keysSeen({ causal, queries, keys, of: `${layout.rows - 1}u` });
  const loop = `start < ${until}; start += ${layout.staged}u`;
  const values = layout.staged * layout.chunks;
  writer.block(`for (var start = 0u; ${loop})`, () => {
    stagePair(code, [k, v], { layout, limit: keys });
    forEachBlock(code, layout, () => {
      writeScores(code, { name: "score", own: "query", layout });
      writeScores(code, {
        name: "slope",
        own: "cotangent",
        offset: values,
        layout,
      });
      for (let i = 0; i < BLOCK; i++) {
        const weight = `${exponential}(score${i} - log_sum)`;
        const moved = `${weight} * (slope${i} - along)`;
        const visible = `start + block + ${i}u < seen`;
        writer.line(`slope${i} = select(0.0f, ${moved}, ${visible});`);
      }
      addRows(code, { to: "sum", weight: "slope", layout });
    });
  });
  joinParts(code, layout, {
    rows: ["sum"],
    join: (a, b) => `${a} += ${b};`,
  });
  writeRows(code, group, {
    layout,
    rows: [{ name: "sum", factor: floatText(scale) }],
  });
  const kernel = code.finish({
    name: groupName(group),
    workgroupSize: workgroupOf(layout),
    workgroups: sizes.batch * sizes.heads * layout.tiles,
    flops: 6 * sizes.batch * sizes.heads * queries * keys * sizes.width,
  });
  return [...statistics.kernels, kernel];
}
