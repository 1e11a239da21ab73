import {
  expandComposites,
  hasTrait,
  isOp,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { isVirtual, type Lowering } from "../ops/lowering.ts";
import { LOWERINGS } from "../ops/mod.ts";
import { operandsOf } from "./operands.ts";
import { hasFewLongRows, repeatedNorms } from "./rows.ts";

/** Head widths that kernels of attention take: their tiles fit the least shared memory. */
const WIDEST_HEAD = 128;

/** Whether a tensor is given: an input, a state or a constant. */
export function isLeaf(tensor: Tensor): boolean {
  return hasTrait(tensor, "leaf");
}

/** How a tensor is computed, which is no leaf and no composite to expand. */
export function loweringOf(tensor: Tensor): Lowering {
  const lowering = LOWERINGS[tensor.op];
  if (lowering !== "expand") return lowering as Lowering;
  throw new Error(`internal: composite "${tensor.op}" is not expanded`);
}

/** Whether a tensor is computed by kernels of its own. */
export function hasKernels(tensor: Tensor): boolean {
  return !isVirtual(loweringOf(tensor));
}

/** A graph as this engine sees it: what is read by what. */
export class PlanGraph {
  /** What a run must leave: outputs, then next states. */
  readonly roots: readonly Tensor[];
  /** All tensors that are needed, operands first. */
  readonly order: readonly Tensor[];
  readonly #users = new Map<Tensor, Set<Tensor>>();

  constructor(roots: readonly Tensor[]) {
    const whole = expandComposites(roots, (node) => isWhole(node));
    const repeated = repeatedNorms(whole);
    this.roots = expandComposites(whole, (node) => !repeated.has(node));
    this.order = orderedBehind(this.roots);
    for (const node of this.order) {
      for (const operand of operandsOf(node)) {
        const users = this.#users.get(operand);
        if (users === undefined) this.#users.set(operand, new Set([node]));
        else users.add(node);
      }
    }
  }

  /** The tensors that read a tensor. */
  users(tensor: Tensor): ReadonlySet<Tensor> {
    return this.#users.get(tensor) ?? new Set();
  }
}

/** Whether a composite is lowered as it is: in f32, with the shapes that kernels know. */
function isWhole(node: Tensor): boolean {
  const lowering = LOWERINGS[node.op];
  if (lowering === "expand" || node.dtype !== "f32") return false;
  if (node.inputs.some((input) => sizeOf(input.shape) === 0)) return false;
  if (lowering.kind !== "kernel") return true;
  if (lowering.family === "rows") return !hasFewLongRows(node);
  return lowering.family !== "attention" || node.shape.at(-1)! <= WIDEST_HEAD;
}

/**
 * All that roots need, in the order in which it was made: what a gradient
 * computes again comes just before it. Operands that are younger than what reads
 * them come first all the same.
 */
function orderedBehind(roots: readonly Tensor[]): Tensor[] {
  const needed = new Set(roots);
  for (const node of needed) {
    operandsOf(node).forEach((operand) => needed.add(operand));
  }
  const done = new Set<Tensor>();
  for (const root of [...needed].sort((a, b) => a.id - b.id)) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const waiting = operandsOf(node).filter((operand) => !done.has(operand));
      if (waiting.length > 0) stack.push(...waiting);
      else done.add(stack.pop()!);
    }
  }
  return [...done];
}

/** The tensor that views of one element lead to, through any number of them. */
export function viewed(tensor: Tensor): Tensor {
  let source = tensor;
  while (!isLeaf(source)) {
    const lowering = loweringOf(source);
    if (lowering.kind !== "view" || !lowering.movesOnly) break;
    source = source.inputs[0]!;
  }
  return source;
}

/** Whether a tensor is one number that the program fixes. */
export function isLiteral(tensor: Tensor): boolean {
  return isOp(tensor, "constant") && tensor.attributes.value.data.length === 1;
}
