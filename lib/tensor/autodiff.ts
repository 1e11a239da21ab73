import { apply } from "./apply.ts";
import { add, broadcastTo, concat, input, scalar } from "./functions/mod.ts";
import { expandNode } from "./expand.ts";
import { GRADIENTS } from "./gradients/mod.ts";
import { isComposite, substitute, topologicalOrder } from "./graph.ts";
import { isOp, type Node, scoped, type Tensor } from "./node.ts";
import type { CompositeName, OpName } from "./op_attributes.ts";
import type { GradientRule, GradientTable } from "./gradients/mod.ts";
import { hasTrait } from "./ops/mod.ts";
import { isFloat } from "./ops/rule.ts";
import { sameShape } from "./shape.ts";

/**
 * Gradients of a scalar with respect to tensors, as a graph.
 *
 * @param loss f32 scalar
 * @param parameters tensors that `loss` is made of
 * @returns one gradient a parameter, of its shape; zeros where none flows
 * @throws {TypeError} when `loss` is no scalar or a needed op has no gradient
 */
export function grad(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) {
    throw new TypeError(
      `Cannot differentiate: the loss must be a scalar, got [${loss.shape}]`,
    );
  }
  return vjp(loss, parameters, scalar(1));
}

/**
 * Vector-Jacobian product: cotangents of `inputs` from that of `output`.
 *
 * Gradients stop at `inputs`: what these are made of does not matter.
 *
 * @throws {TypeError} when the cotangent does not fit, a needed op has no
 *   gradient, or `output` reads what an input rearranges instead of the input
 */
export function vjp(
  output: Tensor,
  inputs: readonly Tensor[],
  cotangent: Tensor,
): Tensor[] {
  if (!sameShape(output.shape, cotangent.shape)) {
    throw new TypeError(
      `Cannot differentiate: the cotangent must have shape [${output.shape}], ` +
        `got [${cotangent.shape}]`,
    );
  }
  const contributions = new Map([[output, [cotangent]]]);
  const boundary = new Set(inputs);
  for (const node of dependents(output, boundary)) {
    const terms = contributions.get(node);
    if (terms === undefined || boundary.has(node)) continue;
    distribute(contributions, node, addTerms(terms));
  }
  return inputs.map((x) => {
    const terms = contributions.get(x);
    if (terms === undefined) requireNotBypassed(x, output);
    return terms ? addTerms(terms) : broadcastTo(scalar(0, x.dtype), x.shape);
  });
}

/** Zeros would be wrong where the graph reads past a tensor to its source. */
function requireNotBypassed(x: Tensor, output: Tensor): void {
  if (!hasTrait(x, "seen through")) return;
  const nodes = new Set(topologicalOrder([output]));
  if (nodes.has(x) || !nodes.has(x.inputs[0]!)) return;
  throw new TypeError(
    `Cannot differentiate by a ${x.op} at "${x.scope}" that the output does ` +
      `not read: it reads the tensor that was rearranged, so ask for that one`,
  );
}

function distribute(
  contributions: Map<Tensor, Tensor[]>,
  node: Tensor,
  dy: Tensor,
): void {
  const terms = scoped(node.scope, () => pullBack(node, dy));
  node.inputs.forEach((input, i) => {
    const term = terms[i];
    if (term === null || term === undefined || !isFloat(input.dtype)) return;
    const known = contributions.get(input);
    if (known === undefined) contributions.set(input, [term]);
    else known.push(term);
  });
}

/** Sum of terms; the gradients of slices that tile a tensor are put side by side. */
function addTerms(terms: readonly Tensor[]): Tensor {
  return joinTiles(terms) ?? terms.reduce((sum, term) => add(sum, term));
}

/**
 * The concatenation that equals a sum of padded tiles side by side along one
 * axis, with zeros between them; undefined when the terms are not such tiles.
 */
function joinTiles(terms: readonly Tensor[]): Tensor | undefined {
  if (terms.length < 2) return undefined;
  const tiles = terms.filter((term) => isOp(term, "pad"));
  const axis = paddedAxes(tiles[0])[0];
  if (tiles.length < terms.length || axis === undefined) return undefined;
  const { shape, dtype } = terms[0]!;
  const low = (tile: Node<"pad">) => tile.attributes.low[axis]!;
  tiles.sort((a, b) => low(a) - low(b));
  const parts: Tensor[] = [];
  let stop = 0;
  const fillTo = (start: number) => {
    if (start === stop) return;
    const gap = shape.map((size, i) => i === axis ? start - stop : size);
    parts.push(broadcastTo(scalar(0, dtype), gap));
  };
  for (const tile of tiles) {
    if (paddedAxes(tile).join() !== `${axis}` || low(tile) < stop) {
      return undefined;
    }
    fillTo(low(tile));
    const part = tile.inputs[0]!;
    parts.push(part);
    stop = low(tile) + part.shape[axis]!;
  }
  fillTo(shape[axis]!);
  return concat(parts, axis);
}

/** Axes along which a tile was padded. */
function paddedAxes(tile: Node<"pad"> | undefined): number[] {
  if (tile === undefined) return [];
  const { low, high } = tile.attributes;
  return low.flatMap((size, axis) => size + high[axis]! > 0 ? [axis] : []);
}

function pullBack(node: Tensor, dy: Tensor): readonly (Tensor | null)[] {
  const rule = (GRADIENTS as GradientTable)[node.op];
  if (rule === "expansion" && isComposite(node)) {
    return pullBackExpansion(node, dy);
  }
  if (rule === "recomputation") return pullBackRecomputed(node, dy);
  if (typeof rule === "function") {
    return (rule as GradientRule<OpName>)(node, dy);
  }
  const reason = typeof rule === "object" ? rule.notDifferentiable : "";
  throw new TypeError(
    `Cannot differentiate "${node.op}" at "${node.scope}": ${reason}`,
  );
}

/**
 * Cotangents through the expansion of a composite.
 *
 * Leaves stand for its inputs meanwhile: functions see through reshapes, so the
 * expansion over the inputs themselves may read what these are made of, and an
 * input may stand twice.
 */
function pullBackExpansion(
  { op, inputs, attributes }: Node<CompositeName>,
  dy: Tensor,
): Tensor[] {
  const leaves = inputs.map(({ shape, dtype }) => input("", shape, dtype));
  const cotangent = input("", dy.shape, dy.dtype);
  const expanded = expandNode(apply(op, leaves, attributes));
  const replacements = new Map<Tensor, Tensor>([[cotangent, dy]]);
  leaves.forEach((leaf, i) => replacements.set(leaf, inputs[i]!));
  return substitute(vjp(expanded, leaves, cotangent), replacements);
}

/**
 * Cotangents of the sources of a value that is computed again: fences in front
 * of them make its second computation another one than the first.
 */
function pullBackRecomputed(
  { inputs: [value, ...sources] }: Tensor,
  dy: Tensor,
): (Tensor | null)[] {
  const fences = sources.map((source) => apply("fence", [source], {}));
  const replacements = new Map(
    sources.map((source, i) => [source, fences[i]!] as const),
  );
  const [again] = substitute([value!], replacements);
  return [null, ...vjp(again!, fences, dy)];
}

/**
 * Nodes between `output` and the boundary through which a gradient can flow,
 * users first: float nodes that depend on a boundary node.
 */
function dependents(
  output: Tensor,
  boundary: ReadonlySet<Tensor>,
): Tensor[] {
  const depends = new Map<Tensor, boolean>();
  const order: Tensor[] = [];
  const stack = [output];
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (depends.has(node)) {
      stack.pop();
      continue;
    }
    const stops = boundary.has(node) || isBlocked(node);
    const pending = stops
      ? []
      : node.inputs.filter((input) => !depends.has(input));
    if (pending.length > 0) {
      stack.push(...pending);
      continue;
    }
    stack.pop();
    const reached = boundary.has(node) ||
      (!stops && node.inputs.some((input) => depends.get(input)));
    depends.set(node, reached);
    if (reached) order.push(node);
  }
  return order.sort((a, b) => b.id - a.id);
}

/** Ops that pass no gradient on by what they are, so that none is sought behind them. */
function isBlocked(node: Tensor): boolean {
  return GRADIENTS[node.op] === "stop" || !isFloat(node.dtype);
}
