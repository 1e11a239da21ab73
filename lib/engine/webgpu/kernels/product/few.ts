import { type Node, QUANTIZED_BLOCK } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../code.ts";
import { fixed, symbol } from "../../wgsl/index.ts";
import {
  groupName,
  type KernelContext,
  type KernelLimits,
  powerOfTwo,
  writeStores,
} from "../context.ts";
import {
  loadVector,
  type OperandUse,
  readsBytes,
  vectorAxisOf,
} from "./block.ts";
import { problemOf } from "./contractions.ts";
import { defineNorms, statisticsFloats } from "./norms.ts";
import { addRounded, shareRounded, stageRounded } from "./rounded.ts";

/**
 * Lanes of a workgroup, and what a lane holds at most: columns share what they
 * read of the left operand, which software pays as dearly as any other reading.
 */
const SHARES = {
  software: { lanes: 32, sums: 32, each: 8, perColumn: 8 },
  hardware: { lanes: 128, sums: 32, each: 4, perColumn: 32 },
};

/** What a kernel of few rows is at most, on an adapter. */
export function sharesOf(
  { isSoftware }: Pick<KernelLimits, "isSoftware">,
): typeof SHARES.hardware {
  return SHARES[isSoftware ? "software" : "hardware"];
}

/** Lanes that a workgroup has at least, wherever memory for sums is short. */
const FEWEST_LANES = 32;

/** Sizes of a kernel of few rows. */
interface Layout {
  readonly rows: number;
  readonly terms: number;
  readonly columns: number;
  readonly lanes: number;
  /** Lanes that share a column. */
  readonly perColumn: number;
  /** Columns that a lane has. */
  readonly each: number;
  /** Terms of the left operand that are in shared memory at a time. */
  readonly chunk: number;
  /** Terms that are read at a time, by each lane. */
  readonly width: 1 | 4;
  /** Whether neighbouring lanes have neighbouring terms; else neighbouring columns. */
  readonly byTerm: boolean;
  /** Whether all is rounded to bytes and multiplied so. */
  readonly rounds: boolean;
}

/**
 * Products of few rows: every element of the right operands is read once, and
 * what the left operand is, each workgroup computes for itself.
 */
export function fewRowsKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const { homes } = context;
  const code = new KernelCode(homes, { images: true });
  const { writer } = code;
  for (const { target } of group.stores) code.willStore(target);
  const anchors = group.anchors as Node<"matmul">[];
  const problems = anchors.map((anchor) => problemOf(anchor));
  const { m, n, k } = problems[0]!;
  const uses = problems.map(({ right }): OperandUse => ({
    operand: right,
    sizes: { batch: 1, outer: n, k },
    homes,
  }));
  const layout = layOut(code, { anchors, uses, context });
  const { lanes, perColumn, each } = layout;
  const across = lanes / perColumn * each;
  const sums = anchors.length * each * m;
  const staged = m * layout.chunk;
  if (layout.rounds) shareRounded(code, layout);
  else code.shared(`left: array<f32, ${staged}>`);
  // What is rounded lies in there before.
  const totals = Math.max(sums * lanes, layout.rounds ? staged : 0);
  code.shared(`totals: array<f32, ${totals}>`);
  writer.line(`let own = ${ownText(layout)};`);
  writer.line(`let slot = ${slotText(layout)};`);
  writer.line(`let side = group * ${across}u;`);
  for (let i = 0; i < sums; i++) writer.line(`var s${i} = 0.0f;`);
  defineNorms(code, anchors[0]!.inputs[0]!, { lanes, homes });
  const head = `for (var start = 0u; start < ${k}u; start += ${layout.chunk}u)`;
  writer.block(layout.chunk < k ? head : "", () => {
    if (layout.chunk >= k) writer.line("let start = 0u;");
    if (layout.rounds) stageRounded(code, anchors[0]!, layout);
    else {
      stageLeft(code, anchors[0]!, layout);
      writer.line("workgroupBarrier();");
    }
    addProducts(code, uses, layout);
    writer.line("workgroupBarrier();");
  });
  addLanes(code, sums, layout);
  storeResults(code, group, layout);
  return [code.finish({
    name: groupName(group),
    workgroupSize: lanes,
    workgroups: Math.ceil(n / across),
    flops: 2 * anchors.length * m * n * k,
  })];
}

function layOut(
  code: KernelCode,
  { anchors, uses, context: { homes, limits, roundsProducts } }: {
    anchors: readonly Node<"matmul">[];
    uses: readonly OperandUse[];
    context: KernelContext;
  },
): Layout {
  const [rows, columns] = anchors[0]!.shape.slice(-2) as [number, number];
  const terms = anchors[0]!.inputs[0]!.shape.at(-1)!;
  const rounds = roundsProducts && uses.every((use) => readsBytes(code, use));
  // Software gains nothing by fours, and compiles long.
  const isVector = rounds || !limits.isSoftware &&
      uses.every((use) => vectorAxisOf(code, use, ["k"]) === "k");
  const width = isVector ? 4 : 1;
  const byTerm = anchors[0]!.attributes.transposeB;
  const share = sharesOf(limits);
  const floats = limits.sharedBytes / 4;
  // Half of the shared memory is for sums, half for the left operand.
  const fewest = rows * anchors.length;
  let { lanes } = share;
  while (lanes * fewest > floats / 2 && lanes > FEWEST_LANES) lanes /= 2;
  const most = byTerm ? share.perColumn : Math.min(8, share.perColumn);
  const perColumn = Math.min(most, powerOfTwo(Math.ceil(terms / width / 2)));
  const sums = Math.min(share.sums, Math.floor(floats / 2 / lanes));
  const each = Math.max(1, Math.min(share.each, Math.floor(sums / fewest)));
  const left = floats / 2 - statisticsFloats(anchors[0]!.inputs[0]!, homes);
  const room = Math.floor(left / rows / 4) * 4;
  const chunk = Math.min(terms, room, Math.floor(4096 / rows / 4) * 4);
  return {
    rows,
    terms,
    columns,
    lanes,
    perColumn,
    each,
    chunk: rounds && chunk < terms ? wholeBlocks(chunk) : chunk,
    width,
    byTerm,
    rounds,
  };
}

/** Terms of the blocks of which each has a scale; at least of one. */
function wholeBlocks(terms: number): number {
  const blocks = Math.max(1, Math.floor(terms / QUANTIZED_BLOCK));
  return blocks * QUANTIZED_BLOCK;
}

function ownText({ byTerm, lanes, perColumn }: Layout): string {
  return byTerm ? `lane % ${perColumn}u` : `lane / ${lanes / perColumn}u`;
}

function slotText({ byTerm, lanes, perColumn }: Layout): string {
  return byTerm ? `lane / ${perColumn}u` : `lane % ${lanes / perColumn}u`;
}

/** Terms of a chunk whose number is the same modulo 4 lie together: neighbouring lanes then read neighbours. */
function stageLeft(
  code: KernelCode,
  node: Node<"matmul">,
  { rows, terms, chunk, lanes, width }: Layout,
): void {
  const { writer } = code;
  const cells = rows * chunk;
  const head = `for (var cell = lane; cell < ${cells}u; cell += ${lanes}u)`;
  writer.block(head, () => {
    const local = writer.value(`cell % ${chunk}u`);
    const row = writer.value(`cell / ${chunk}u`);
    const term = writer.value(`start + ${local}`);
    const place = `${row} * ${chunk}u + ${local} % ${width}u * ${
      chunk / width
    }u + ${local} / ${width}u`;
    const fill = () => {
      const left = node.inputs[0]!;
      const leading = left.shape.slice(0, -2).map(() => fixed(0));
      const at = [...leading, symbol(row, rows), symbol(term, terms)];
      writer.line(`left[${place}] = ${code.evaluate(left, at)};`);
    };
    if (terms % chunk === 0) fill();
    else writer.block(`if (${term} < ${terms}u)`, fill);
  });
}

function addProducts(
  code: KernelCode,
  uses: readonly OperandUse[],
  layout: Layout,
): void {
  const { writer } = code;
  const { rows, terms, chunk, lanes, perColumn, each, width } = layout;
  const slots = lanes / perColumn;
  const columns = Array.from(
    { length: each },
    (_, e) => writer.value(`side + slot + ${e * slots}u`),
  );
  if (layout.rounds) return addRounded(code, uses, { layout, columns });
  const count = chunk / width;
  const limit = terms % chunk === 0
    ? `${count}u`
    : writer.value(`min(${count}u, (${terms}u - start) / ${width}u)`);
  const head = `for (var q = own; q < ${limit}; q += ${perColumn}u)`;
  writer.block(head, () => {
    const term = writer.value(`start / ${width}u + q`);
    const weights = uses.flatMap((use) =>
      columns.map((column) => {
        const other = symbol(column, use.sizes.outer);
        if (width === 4) {
          const axis = "k" as const;
          return loadVector(code, use, {
            axis,
            b: fixed(0),
            quad: term,
            other,
          });
        }
        const read = use.operand.open(code, { b: fixed(0), outer: other });
        return read(symbol(term, terms));
      })
    );
    for (let row = 0; row < rows; row++) {
      const reads = Array.from(
        { length: width },
        (_, t) => `left[${row * chunk + t * count}u + q]`,
      );
      const x = writer.value(
        width === 4 ? `vec4<f32>(${reads.join(", ")})` : reads[0]!,
      );
      weights.forEach((weight, i) => {
        const product = width === 4
          ? `dot(${x}, ${weight})`
          : `${x} * ${weight}`;
        writer.line(`s${i * rows + row} += ${product};`);
      });
    }
  });
}

/** Adds up what the lanes of a column hold, in a tree of fixed shape. */
function addLanes(code: KernelCode, sums: number, layout: Layout): void {
  const { writer } = code;
  const { lanes, perColumn, byTerm } = layout;
  for (let i = 0; i < sums; i++) {
    writer.line(`totals[lane + ${i * lanes}u] = s${i};`);
  }
  writer.line("workgroupBarrier();");
  if (perColumn === 1) return;
  const step = byTerm ? 1 : lanes / perColumn;
  const head = `for (var half = ${perColumn / 2}u; half > 0u; half /= 2u)`;
  writer.block(head, () => {
    writer.block("if (own < half)", () => {
      writer.block(
        `for (var i = lane; i < ${sums * lanes}u; i += ${lanes}u)`,
        () => {
          writer.line(`totals[i] += totals[i + half * ${step}u];`);
        },
      );
    });
    writer.line("workgroupBarrier();");
  });
}

function storeResults(code: KernelCode, group: Group, layout: Layout): void {
  const { writer } = code;
  const { rows, columns, lanes, perColumn, each, byTerm } = layout;
  const slots = lanes / perColumn;
  const across = slots * each;
  for (const member of group.members.keys()) code.compute(member);
  const head = `for (var cell = lane; cell < ${
    rows * across
  }u; cell += ${lanes}u)`;
  writer.block(head, () => {
    writer.line("let b = 0u;");
    writer.line(`let m = cell / ${across}u;`);
    writer.line(`let n = side + cell % ${across}u;`);
    writer.block(`if (n < ${columns}u)`, () => {
      const local = `cell % ${across}u`;
      const first = byTerm
        ? `${local} % ${slots}u * ${perColumn}u`
        : `${local} % ${slots}u`;
      const values = group.anchors.map((_, a) => {
        const sum = `${a * each * rows}u + ${local} / ${slots}u * ${rows}u + m`;
        return writer.value(`totals[(${sum}) * ${lanes}u + ${first}]`);
      });
      writeStores(code, group, values);
    });
  });
}
