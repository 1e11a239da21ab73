import { isOp, type Node, sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { KernelLimits } from "../kernels/context.ts";
import {
  hasKernels,
  isLeaf,
  isLiteral,
  loweringOf,
  type PlanGraph,
  viewed,
} from "./graph.ts";
import { countedPlaces } from "./counted.ts";
import { computedByFewRows } from "./few_rows.ts";
import { operandsOf } from "./operands.ts";

/** Large tensors that an expression may read before it is stored for several users. */
const SHARED_READS = 1;

/** Elements up to which reading a tensor again costs nothing: caches keep it. */
const SMALL = 1024;

/** Additions an element that an expression may cost before it is stored for several users. */
const SHARED_COST = 64;

/** Nodes of one expression at most: past that, compilers of shaders get slow. */
const LARGEST_EXPRESSION = 192;

/** Parts from which on a concatenation is put together in memory. */
const MANY_PARTS = 5;

/** Bindings of a kernel that are not for what one expression reads. */
const OTHER_BINDINGS = 4;

/** What is known of an expression that is computed where it is read. */
interface Expression {
  /** Stored tensors behind it of at least a quarter of its size. */
  readonly reads: ReadonlySet<Tensor>;
  /** All tensors behind it that are read from memory. */
  readonly all: ReadonlySet<Tensor>;
  readonly cost: number;
  readonly nodes: number;
}

const NOTHING: Expression = {
  reads: new Set(),
  all: new Set(),
  cost: 0,
  nodes: 0,
};

/**
 * The tensors that are kept in memory between kernels, leaves aside: what has
 * kernels of its own, what a run must leave, and of the rest what would cost
 * more to compute at each reader than to store, or would need more bindings
 * than a kernel has.
 */
export function chooseStored(
  graph: PlanGraph,
  limits: KernelLimits,
): Set<Tensor> {
  const inline = computedByFewRows(graph, limits);
  const stored = new Set<Tensor>([
    ...graph.roots.filter((root) => !isLeaf(root)),
    ...countedPlaces(graph),
  ]);
  for (const node of graph.order) {
    if (inline.has(node)) storeAround(node, inline, stored);
    else if (!isLeaf(node) && (hasKernels(node) || isAssembled(node))) {
      stored.add(node);
    }
  }
  storeOperands(graph, stored, inline);
  const readers = readersOf(graph, stored);
  const expressions = new Map<Tensor, Expression>();
  const limit = limits.maxBindings - OTHER_BINDINGS;
  for (const node of graph.order) {
    if (isLeaf(node) || stored.has(node)) {
      expressions.set(node, NOTHING);
      if (!isLeaf(node)) limitReads(node, { stored, expressions, limit });
      continue;
    }
    const expression = describe(node, { stored, expressions });
    expressions.set(node, expression);
    if (inline.has(node)) continue;
    const tooMany = expression.all.size > limit;
    const isWorth = isWorthStoring(node, expression, readers.get(node)!);
    if (!tooMany && !isWorth) continue;
    // What views show is stored, not the view.
    const target = viewed(node);
    if (isLeaf(target) || stored.has(target)) continue;
    stored.add(target);
    expressions.set(target, NOTHING);
    expressions.set(node, NOTHING);
  }
  return stored;
}

/** Stores operands of a tensor's kernel until what it reads can be bound. */
function limitReads(
  node: Tensor,
  { stored, expressions, limit }: {
    stored: Set<Tensor>;
    expressions: Map<Tensor, Expression>;
    limit: number;
  },
): void {
  const operands = operandsOf(node).filter((operand) =>
    expressions.get(operand)!.all.size > 1
  ).sort((a, b) => expressions.get(b)!.all.size - expressions.get(a)!.all.size);
  for (const operand of operands) {
    const { all } = describe(node, { stored, expressions });
    if (all.size <= limit) return;
    const target = viewed(operand);
    stored.add(target);
    expressions.set(target, NOTHING);
    expressions.set(operand, NOTHING);
  }
}

/** Whether a tensor is put together in memory: each part is written where it belongs. */
export function isAssembled(tensor: Tensor): tensor is Node<"concat"> {
  return isOp(tensor, "concat") && tensor.inputs.length >= MANY_PARTS;
}

/** What an expression reads that each reader of it computes is computed once. */
function storeAround(
  node: Tensor,
  inline: ReadonlySet<Tensor>,
  stored: Set<Tensor>,
): void {
  for (const operand of node.inputs) {
    if (inline.has(operand)) continue;
    const source = viewed(operand);
    const isWhole = sizeOf(source.shape) >= sizeOf(node.shape);
    if (isWhole && !isLeaf(source)) stored.add(source);
  }
}

/** Products and attention read views of stored tensors, or turned ones. */
function storeOperands(
  graph: PlanGraph,
  stored: Set<Tensor>,
  inline: ReadonlySet<Tensor>,
): void {
  for (const node of graph.order) {
    if (isLeaf(node)) continue;
    const lowering = loweringOf(node);
    if (lowering.kind !== "kernel" || lowering.readsExpressions) continue;
    for (const operand of operandsOf(node)) {
      if (inline.has(operand)) continue;
      let source = viewed(operand);
      if (isOp(source, "rotary")) source = viewed(source.inputs[0]!);
      if (!isLeaf(source)) stored.add(source);
    }
  }
}

/** For each tensor the stored ones that are computed from it, others between them aside. */
function readersOf(
  graph: PlanGraph,
  stored: ReadonlySet<Tensor>,
): Map<Tensor, ReadonlySet<Tensor>> {
  const readers = new Map<Tensor, ReadonlySet<Tensor>>();
  for (const node of graph.order.toReversed()) {
    const all = new Set<Tensor>();
    for (const user of graph.users(node)) {
      if (stored.has(user)) all.add(user);
      else readers.get(user)!.forEach((reader) => all.add(reader));
    }
    readers.set(node, all);
  }
  return readers;
}

function describe(
  node: Tensor,
  { stored, expressions }: {
    stored: ReadonlySet<Tensor>;
    expressions: ReadonlyMap<Tensor, Expression>;
  },
): Expression {
  const lowering = loweringOf(node);
  const reads = new Set<Tensor>();
  const all = new Set<Tensor>();
  let cost = lowering.kind === "kernel" ? 0 : lowering.cost;
  let nodes = 1;
  const large = Math.max(SMALL, sizeOf(node.shape) / 4);
  for (const operand of operandsOf(node)) {
    if (isLeaf(operand) || stored.has(operand)) {
      if (sizeOf(operand.shape) >= large) reads.add(operand);
      if (!isLiteral(operand)) all.add(operand);
      continue;
    }
    const behind = expressions.get(operand)!;
    behind.all.forEach((read) => all.add(read));
    for (const read of behind.reads) {
      if (sizeOf(read.shape) >= large) reads.add(read);
    }
    cost += behind.cost;
    nodes += behind.nodes;
  }
  return { reads, all, cost, nodes };
}

function isWorthStoring(
  node: Tensor,
  { reads, cost, nodes }: Expression,
  readers: ReadonlySet<Tensor>,
): boolean {
  if (nodes > LARGEST_EXPRESSION) return true;
  const shared = readers.size > 1 ||
    [...readers].some((reader) => sizeOf(reader.shape) > sizeOf(node.shape));
  return shared && (reads.size > SHARED_READS || cost > SHARED_COST);
}
