import type { Node, Tensor } from "../../../../tensor/mod.ts";
import { positionOf } from "../../ops/indexing.ts";
import type { Group } from "../../plan/group.ts";
import { operandsOf } from "../../plan/operands.ts";
import { type Kernel, KernelCode } from "../code.ts";
import { indexText, symbol } from "../../wgsl/index.ts";
import { floatText } from "../../wgsl/writer.ts";
import {
  groupName,
  type KernelContext,
  narrowSubgroup,
  writeStores,
} from "../context.ts";
import {
  cutKeys,
  joinKernel,
  type KeyParts,
  leavePart,
} from "./cached_parts.ts";
import { HIDDEN } from "./forward.ts";
import { loadVector } from "./load.ts";
import { type Sizes, sizesOf } from "./tile.ts";

/** Keys whose scores a workgroup holds at a time, and the fewest of a part. */
const WINDOW = 256;

/** Lanes of a workgroup: few where a subgroup is narrow, as barriers cost most there. */
const LANES = 256;
const NARROW_LANES = 64;

/** Lanes that share a maximum: no adapter has narrower subgroups but those that say so. */
const FEWEST_SHARING = 8;

interface Setting {
  readonly sizes: Sizes;
  readonly lanes: number;
  /** Vectors of four of one row. */
  readonly chunks: number;
  /** Lanes of one vector, each of which adds some of the keys. */
  readonly parts: number;
  /** Lanes that have the same maximum, as they are of one subgroup; 0 without these. */
  readonly sharing: number;
  readonly keys: Tensor;
  readonly values: Tensor;
  /** Into how many workgroups the keys of a row are cut. */
  readonly cut: KeyParts;
}

/**
 * Attention of a few new rows over a cache: a workgroup a row of a head. Lanes
 * score a key each, then add up values, one vector of the head each. Where rows
 * are few and the cache is long, workgroups share a row, and a second kernel
 * joins what they have (Dao et al., flash-decoding, 2023).
 */
export function cachedKernels(group: Group, context: KernelContext): Kernel[] {
  const { limits } = context;
  const node = group.anchors[0] as Node<"cached_attention">;
  const [q, keys, values, position] = operandsOf(node) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const sizes = sizesOf(q, keys);
  const lanes = narrowSubgroup(limits) === undefined ? LANES : NARROW_LANES;
  const chunks = Math.ceil(sizes.width / 4);
  const parts = Math.floor(lanes / chunks);
  const sharing = Math.min(FEWEST_SHARING, limits.subgroupSize);
  const cut = cutKeys(sizes, { shortest: WINDOW, limits });
  const setting = { sizes, lanes, chunks, parts, sharing, keys, values, cut };
  const code = new KernelCode(context.homes, { fours: true });
  openRow(code, { node, q, position }, setting);
  writeLoop(code, setting);
  writeRow(code, group, setting);
  const kernel = code.finish({
    name: groupName(group),
    workgroupSize: lanes,
    workgroups: sizes.batch * sizes.heads * sizes.queries * cut.count,
    flops: 4 * sizes.batch * sizes.heads * sizes.queries * sizes.keys *
      sizes.width,
  });
  const { left, count } = cut;
  if (left === undefined) return [kernel];
  return [kernel, joinKernel(group, { sizes, cut: { left, count }, context })];
}

/** Loads the query of the workgroup and counts the keys that it sees. */
function openRow(
  code: KernelCode,
  { node, q, position }: {
    node: Node<"cached_attention">;
    q: Tensor;
    position: Tensor;
  },
  setting: Setting,
): void {
  const { writer } = code;
  const { sizes, chunks, cut } = setting;
  declareShared(code, setting);
  let row = "group";
  if (cut.count > 1) {
    writer.line(`let cut = group % ${cut.count}u;`);
    writer.line(`let row = group / ${cut.count}u;`);
    row = "row";
  }
  writer.line(`let q = ${row} % ${sizes.queries}u;`);
  writer.line(`let h = ${row} / ${sizes.queries}u;`);
  writer.block(`if (lane < ${chunks}u)`, () => {
    const own = loadVector(code, q, {
      row: "q",
      chunk: symbol("lane", chunks),
      sizes,
    });
    const { scale } = node.attributes;
    writer.line(`query[lane] = ${own} * ${floatText(scale)};`);
  });
  writer.block("if (lane == 0u)", () => {
    const first = positionOf(position, sizes.keys - sizes.queries, code);
    writer.line(`rows = ${indexText(first)} + q + 1u;`);
  });
  // All lanes take part in the same turns of the loop.
  writer.line("let seen = workgroupUniformLoad(&rows);");
}

/** Goes through the keys of the workgroup, a window at a time. */
function writeLoop(code: KernelCode, setting: Setting): void {
  const { writer } = code;
  const { count } = setting.cut;
  let [first, stop] = ["0u", "seen"];
  if (count > 1) {
    const each = `(seen + ${count - 1}u) / ${count}u`;
    writer.line(`let each = max(${WINDOW}u, ${each});`);
    writer.line("let stop = min(seen, (cut + 1u) * each);");
    [first, stop] = ["cut * each", "stop"];
  }
  writer.line(`var largest = ${HIDDEN};`);
  writer.line("var total = 0.0f;");
  writer.line("var sum = vec4<f32>();");
  const loop = `start < ${stop}; start += ${WINDOW}u`;
  writer.block(`for (var start = ${first}; ${loop})`, () => {
    writer.line(`let count = min(${WINDOW}u, ${stop} - start);`);
    writeScores(code, setting);
    writeWeights(code, setting);
    addValues(code, setting);
  });
}

function declareShared(
  code: KernelCode,
  { sizes, lanes, chunks }: Setting,
): void {
  code.shared(`query: array<vec4<f32>, ${chunks}>`);
  code.shared("rows: u32");
  code.shared(`scores: array<f32, ${Math.min(WINDOW, sizes.keys)}>`);
  code.shared(`maxima: array<f32, ${lanes}>`);
  code.shared(`sums: array<vec4<f32>, ${lanes}>`);
}

/** Runs `body` for each key `k` of the window whose score is of this lane. */
function forEachKey(
  code: KernelCode,
  { lanes }: Setting,
  body: () => void,
): void {
  const head = `for (var k = lane; k < count; k += ${lanes}u)`;
  code.writer.block(head, body);
}

/** Scores of the window, and the largest of all so far. */
function writeScores(code: KernelCode, setting: Setting): void {
  const { writer } = code;
  const { sizes, lanes, chunks, sharing, keys } = setting;
  writer.line("var most = largest;");
  forEachKey(code, setting, () => {
    writer.line("let key = start + k;");
    writer.line("var score = 0.0f;");
    writer.block(`for (var c = 0u; c < ${chunks}u; c++)`, () => {
      const vector = loadVector(code, keys, {
        row: "key",
        chunk: symbol("c", chunks),
        sizes,
      });
      writer.line(`score += dot(query[c], ${vector});`);
    });
    writer.line("scores[k] = score;");
    writer.line("most = max(most, score);");
  });
  // Any bound will do, if all lanes have the same.
  writer.line(`maxima[lane] = ${sharing > 0 ? "subgroupMax(most)" : "most"};`);
  writer.line("workgroupBarrier();");
  const step = Math.max(1, sharing);
  writer.block(`for (var i = 0u; i < ${lanes}u; i += ${step}u)`, () => {
    writer.line("most = max(most, maxima[i]);");
  });
}

function writeWeights(code: KernelCode, setting: Setting): void {
  const { writer } = code;
  const exponential = code.call("exponential");
  forEachKey(code, setting, () => {
    writer.line(`scores[k] = ${exponential}(scores[k] - most);`);
  });
  writer.line(`let shrink = ${exponential}(largest - most);`);
  writer.line("largest = most;");
  writer.line("workgroupBarrier();");
}

function addValues(code: KernelCode, setting: Setting): void {
  const { writer } = code;
  const { sizes, chunks, parts, values } = setting;
  writer.line("sum *= shrink;");
  writer.line("total *= shrink;");
  writer.line(`let chunk = lane % ${chunks}u;`);
  const first = `lane / ${chunks}u`;
  const head = `for (var k = ${first}; k < count; k += ${parts}u)`;
  writer.block(`if (lane < ${parts * chunks}u)`, () => {
    writer.block(head, () => {
      writer.line("let key = start + k;");
      const vector = loadVector(code, values, {
        row: "key",
        chunk: symbol("chunk", chunks),
        sizes,
      });
      writer.line("let weight = scores[k];");
      writer.line(`sum += weight * ${vector};`);
      writer.line("total += weight;");
    });
  });
  writer.line("workgroupBarrier();");
}

/** Adds up what the lanes of each vector have and writes the row, or its part. */
function writeRow(code: KernelCode, group: Group, setting: Setting): void {
  const { writer } = code;
  const { sizes: { width }, lanes, chunks, parts, cut: { left } } = setting;
  writer.line("sums[lane] = sum;");
  writer.line("maxima[lane] = total;");
  writer.line("workgroupBarrier();");
  if (left === undefined) {
    for (const member of group.members.keys()) code.compute(member);
  }
  writer.block(`for (var e = lane; e < ${width}u; e += ${lanes}u)`, () => {
    writer.line("var value = 0.0f;");
    writer.line("var weight = 0.0f;");
    writer.block(`for (var i = 0u; i < ${parts}u; i++)`, () => {
      writer.line(`value += sums[i * ${chunks}u + e / 4u][e % 4u];`);
      writer.line(`weight += maxima[i * ${chunks}u];`);
    });
    if (left === undefined) writeStores(code, group, ["value / weight"]);
    else leavePart(code, left, width);
  });
}
