import { isOp, sizeOf, type Tensor } from "../../../tensor/mod.ts";
import {
  hasKernels,
  isLeaf,
  loweringOf,
  type PlanGraph,
  viewed,
} from "./graph.ts";
import { computedByFewRows } from "./few_rows.ts";
import { operandsOf } from "./operands.ts";

/** Large tensors that an expression may read before it is stored for several users. */
const SHARED_READS = 1;

/** Additions an element that an expression may cost before it is stored for several users. */
const SHARED_COST = 64;

/** Nodes of one expression at most: past that, compilers of shaders get slow. */
const LARGEST_EXPRESSION = 192;

/** What is known of an expression that is computed where it is read. */
interface Expression {
  /** Stored tensors behind it of at least a quarter of its size. */
  readonly reads: ReadonlySet<Tensor>;
  readonly cost: number;
  readonly nodes: number;
}

const NOTHING: Expression = { reads: new Set(), cost: 0, nodes: 0 };

/**
 * The tensors that are kept in memory between kernels, leaves aside: what has
 * kernels of its own, what a run must leave, and of the rest what would cost
 * more to compute at each reader than to store.
 *
 * @param maxBindings storage buffers that a kernel may bind
 */
export function chooseStored(
  graph: PlanGraph,
  maxBindings: number,
): Set<Tensor> {
  const inline = computedByFewRows(graph, maxBindings);
  const stored = new Set<Tensor>(
    graph.roots.filter((root) => !isLeaf(root)),
  );
  for (const node of graph.order) {
    if (inline.has(node)) storeAround(node, inline, stored);
    else if (!isLeaf(node) && hasKernels(node)) stored.add(node);
  }
  storeOperands(graph, stored, inline);
  const readers = readersOf(graph, stored);
  const expressions = new Map<Tensor, Expression>();
  for (const node of graph.order) {
    if (isLeaf(node) || stored.has(node)) {
      expressions.set(node, NOTHING);
      continue;
    }
    const expression = describe(node, { stored, expressions });
    expressions.set(node, expression);
    if (inline.has(node)) continue;
    if (!isWorthStoring(node, expression, readers.get(node)!)) continue;
    // What views show is stored, not the view.
    const target = viewed(node);
    if (isLeaf(target) || stored.has(target)) continue;
    stored.add(target);
    expressions.set(target, NOTHING);
    expressions.set(node, NOTHING);
  }
  return stored;
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
  let cost = lowering.kind === "kernel" ? 0 : lowering.cost;
  let nodes = 1;
  const large = sizeOf(node.shape) / 4;
  for (const operand of operandsOf(node)) {
    if (isLeaf(operand) || stored.has(operand)) {
      if (sizeOf(operand.shape) >= large) reads.add(operand);
      continue;
    }
    const behind = expressions.get(operand)!;
    for (const read of behind.reads) {
      if (sizeOf(read.shape) >= large) reads.add(read);
    }
    cost += behind.cost;
    nodes += behind.nodes;
  }
  return { reads, cost, nodes };
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
