import {
  type Node,
  normalizeAxes,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import type { Group } from "../plan/group.ts";
import { type Kernel, KernelCode } from "./code.ts";
import type { Storage } from "../wgsl/storage.ts";
import { delinearize, type Index, symbol } from "../wgsl/index.ts";
import { floatText } from "../wgsl/writer.ts";
import { valueType } from "../wgsl/types.ts";
import {
  groupName,
  type KernelContext,
  powerOfTwo,
  readsMany,
  writeStores,
} from "./context.ts";

type Reduction = Node<"reduce_sum" | "reduce_max">;

const WORKGROUP = 64;

/** Workgroup and results side by side where neighbours are results: whole lines of memory. */
const WIDE_WORKGROUP = 256;
const NEIGHBOURS = 32;

/** Terms that an invocation adds up at least, where there are as many. */
const FEWEST_TERMS = 4;

/** Terms that one invocation adds up at most: drivers limit loops. */
const LONGEST_LOOP = 4096;

/** Workgroups from which on a machine counts as busy. */
const ENOUGH_GROUPS = 256;

/** How the terms of each result are shared out. */
interface Split {
  /** Results. */
  readonly outputs: number;
  /** Terms of one result. */
  readonly terms: number;
  /** Invocations of a workgroup that share one result. */
  readonly lanes: number;
  /** Parts that are reduced by workgroups of their own first. */
  readonly parts: number;
  readonly workgroup: number;
  /** Whether neighbours in memory are terms of one result, else results. */
  readonly alongTerms: boolean;
}

/** Sums and maxima: what is reduced is computed on the way, results go on to the stores. */
export function reduceKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const node = group.anchors[0] as Reduction;
  const split = chooseSplit(node);
  if (split.parts === 1) {
    return [reduceKernel(group, context, { node, split })];
  }
  const partials: Storage = {
    dtype: node.dtype,
    shape: [split.parts, split.outputs],
  };
  return [
    reduceKernel(group, context, { node, split, partials }),
    joinKernel(group, context, { node, split, partials }),
  ];
}

function chooseSplit(node: Reduction): Split {
  const outputs = sizeOf(node.shape);
  const terms = sizeOf(node.inputs[0]!.shape) / outputs;
  const alongTerms = isReduced(node, node.inputs[0]!.shape.length - 1);
  const workgroup = alongTerms ? WORKGROUP : WIDE_WORKGROUP;
  const most = alongTerms
    ? WORKGROUP
    : WIDE_WORKGROUP / Math.min(NEIGHBOURS, powerOfTwo(outputs));
  const lanes = Math.min(most, powerOfTwo(Math.ceil(terms / FEWEST_TERMS)));
  const groups = Math.ceil(outputs * lanes / workgroup);
  const perLane = Math.ceil(terms / lanes);
  const forLoops = Math.ceil(perLane / LONGEST_LOOP);
  const forWork = perLane < 16 ? 1 : Math.ceil(ENOUGH_GROUPS / groups);
  const parts = Math.max(
    1,
    forLoops,
    Math.min(forWork, Math.ceil(perLane / 16)),
  );
  return { outputs, terms, lanes, parts, workgroup, alongTerms };
}

function isReduced({ attributes, inputs: [x] }: Reduction, axis: number) {
  return normalizeAxes(attributes.axes, x!.shape.length).includes(axis);
}

/** Coordinates of a term in the operand. */
function termCoordinates(
  node: Reduction,
  { kept, term }: { kept: Index; term: Index },
): Index[] {
  const { shape } = node.inputs[0]!;
  const axes = normalizeAxes(node.attributes.axes, shape.length);
  const outer = shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  const at = delinearize(kept, outer);
  const inner = delinearize(term, axes.map((axis) => shape[axis]!));
  axes.forEach((axis, i) => at[axis] = inner[i]!);
  return at;
}

function startOf(node: Tensor): string {
  if (node.op === "reduce_sum") return `${valueType(node.dtype)}()`;
  if (node.dtype === "i32") return "(-2147483647i - 1i)";
  return valueType(node.dtype) === "u32" ? "0u" : floatText(-Infinity);
}

function combined(node: Tensor, a: string, b: string): string {
  return node.op === "reduce_sum" ? `${a} + ${b}` : `max(${a}, ${b})`;
}

interface Parts {
  readonly node: Reduction;
  readonly split: Split;
  readonly partials?: Storage;
}

/** Reduces every result, or a part of it, by some lanes of a workgroup. */
function reduceKernel(
  group: Group,
  { homes }: KernelContext,
  { node, split, partials }: Parts,
): Kernel {
  const { outputs, terms, lanes, parts, workgroup } = split;
  const code = new KernelCode(homes, { images: readsMany(outputs * terms) });
  const { writer } = code;
  const slots = outputs * parts;
  const lane = writeLanes(code, split);
  writer.line(`let i = slot % ${outputs}u;`);
  writer.line(`var total = ${startOf(node)};`);
  writer.block(`if (slot < ${slots}u)`, () => {
    const first = `(slot / ${outputs}u) * ${lanes}u + own`;
    const step = lanes * parts;
    const head = `for (var k = ${first}; k < ${terms}u; k += ${step}u)`;
    writer.block(head, () => {
      const at = termCoordinates(node, {
        kept: symbol("i", outputs),
        term: symbol("k", terms),
      });
      const value = code.evaluate(node.inputs[0]!, at);
      writer.line(`total = ${combined(node, "total", value)};`);
    });
  });
  writeTree(code, node, { ...lane, lanes, workgroup });
  writer.line(`if (own > 0u || slot >= ${slots}u) { return; }`);
  finishResult(code, group, { partials });
  return code.finish({
    name: groupName(group),
    workgroupSize: workgroup,
    workgroups: Math.ceil(slots * lanes / workgroup),
    flops: outputs * terms,
  });
}

/**
 * Writes which result's part a lane works on, `slot`, and its number `own` among
 * the lanes that do: neighbouring lanes read neighbours in memory.
 *
 * @returns how far apart lanes of one slot are
 */
function writeLanes(
  code: KernelCode,
  { lanes, workgroup, alongTerms }: Split,
): { apart: number } {
  const { writer } = code;
  const slots = workgroup / lanes;
  const [own, slot] = alongTerms
    ? [`lane % ${lanes}u`, `lane / ${lanes}u`]
    : [`lane / ${slots}u`, `lane % ${slots}u`];
  writer.line(`let own = ${own};`);
  writer.line(`let slot = group * ${slots}u + ${slot};`);
  return { apart: alongTerms ? 1 : slots };
}

/** Reduces what the lanes of a slot hold, in a tree of fixed shape. */
function writeTree(
  code: KernelCode,
  node: Tensor,
  { lanes, apart, workgroup }: {
    lanes: number;
    apart: number;
    workgroup: number;
  },
): void {
  if (lanes === 1) return;
  const { writer } = code;
  code.shared(`totals: array<${valueType(node.dtype)}, ${workgroup}>`);
  writer.line("totals[lane] = total;");
  for (let half = lanes / 2; half >= 1; half /= 2) {
    writer.line("workgroupBarrier();");
    const other = `totals[lane + ${half * apart}u]`;
    writer.block(`if (own < ${half}u)`, () => {
      writer.line(`totals[lane] = ${combined(node, "totals[lane]", other)};`);
    });
  }
  writer.line("total = totals[lane];");
}

function finishResult(
  code: KernelCode,
  group: Group,
  { partials }: { partials?: Storage },
): void {
  if (partials !== undefined) {
    code.store(partials, "slot", "total");
    return;
  }
  for (const member of group.members.keys()) code.compute(member);
  writeStores(code, group, ["total"]);
}

/** Reduces the parts of every result. */
function joinKernel(
  group: Group,
  { homes }: KernelContext,
  { node, split, partials }: Required<Parts>,
): Kernel {
  const { outputs, parts } = split;
  const code = new KernelCode(homes, { images: readsMany(outputs * parts) });
  const { writer } = code;
  const lanes = Math.min(WORKGROUP, powerOfTwo(parts));
  const name = code.bind(partials, false);
  const join = { ...split, lanes, workgroup: WORKGROUP };
  const lane = writeLanes(code, join);
  writer.line("let i = slot;");
  writer.line(`var total = ${startOf(node)};`);
  writer.block(`if (i < ${outputs}u)`, () => {
    const head = `for (var k = own; k < ${parts}u; k += ${lanes}u)`;
    writer.block(head, () => {
      const value = `${name}[k * ${outputs}u + i]`;
      writer.line(`total = ${combined(node, "total", value)};`);
    });
  });
  writeTree(code, node, { ...lane, lanes, workgroup: WORKGROUP });
  writer.line(`if (own > 0u || i >= ${outputs}u) { return; }`);
  finishResult(code, group, {});
  return code.finish({
    name: `${groupName(group)} (parts)`,
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(outputs * lanes / WORKGROUP),
    flops: outputs * parts,
  });
}
