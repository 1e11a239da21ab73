import { isOp, sizeOf, type Tensor } from "../../../../tensor/mod.ts";
import { isLeaf, loweringOf } from "../../plan/graph.ts";
import { traceReads } from "../../plan/group.ts";
import type { KernelCode } from "../code.ts";
import type { Format, Homes, Storage } from "../../wgsl/storage.ts";
import {
  fixed,
  type Index,
  linearize,
  plus,
  symbol,
  times,
} from "../../wgsl/index.ts";
import type { Operand, Place } from "./problem.ts";

/** Sizes of the axes of an operand. */
export interface OperandSizes {
  readonly batch: number;
  readonly outer: number;
  readonly k: number;
}

/** An operand with its sizes, in a kernel. */
export interface OperandUse {
  readonly operand: Operand;
  readonly sizes: OperandSizes;
  readonly homes: Homes;
}

/** The axis along which four neighbours can be read at once. */
export type VectorAxis = "outer" | "k";

const COMPONENT = symbol("component", 4);

/**
 * The axis along which an operand can be read by fours; undefined where it
 * cannot. Its storage is bound so, before anyone binds it by single elements.
 *
 * @param axes the axes that would help, best first
 */
export function vectorAxisOf(
  code: KernelCode,
  use: OperandUse,
  axes: readonly VectorAxis[] = ["k", "outer"],
): VectorAxis | undefined {
  return axes.find((axis) => {
    if (use.sizes[axis] % 4 !== 0) return false;
    const found = vectorAt(use, placeOf(use.sizes, axis));
    return found !== undefined && code.bindFours(found.storage);
  });
}

/** Whether an operand is a matrix of bytes along k; it is bound so. */
export function readsBytes(code: KernelCode, use: OperandUse): boolean {
  if (use.sizes.k % 4 !== 0) return false;
  const found = vectorAt(use, placeOf(use.sizes, "k"));
  return found !== undefined &&
    use.homes.home(found.source)!.scales !== undefined &&
    code.bindFours(found.storage);
}

/** Any place whose index along an axis is a multiple of four and a component. */
function placeOf(
  { batch, outer, k }: OperandSizes,
  axis: VectorAxis,
): Place {
  const quad = (size: number) =>
    plus(times(symbol("quad", size / 4), 4), COMPONENT);
  return {
    b: symbol("matrix", batch),
    outer: axis === "outer" ? quad(outer) : symbol("outer", outer),
    k: axis === "k" ? quad(k) : symbol("term", k),
  };
}

/** The stored tensor and the position of the first of four elements, if they are neighbours. */
function vectorAt(
  { operand, homes }: OperandUse,
  place: Place,
): { source: Tensor; storage: Storage; first: Index } | undefined {
  if (operand.elements === undefined) return undefined;
  const { tensor, at } = operand.elements;
  const found = storedElement(homes, tensor, at(place));
  if (found === undefined) return undefined;
  const { storage, offset } = homes.home(found.tensor)!;
  const fits = offset === undefined && storage.dtype === "f32" &&
    sizeOf(storage.shape) % 4 === 0;
  if (!fits) return undefined;
  const position = linearize(found.at, found.tensor.shape);
  const rest = plus(position, times(COMPONENT, -1));
  const aligned = rest.constant % 4 === 0 &&
    rest.terms.every(({ factor }) => factor % 4 === 0) &&
    !rest.key.includes("component");
  return aligned ? { source: found.tensor, storage, first: rest } : undefined;
}

/** How the tensor is kept that an operand shows; undefined where a number takes a word. */
export function formatOf(
  { elements }: Operand,
  homes: Homes,
): Format | undefined {
  const source = elements && storedSource(homes, elements.tensor);
  return source && homes.home(source)!.storage.format;
}

/** The stored tensor that a view shows elements of, if it does no more. */
function storedSource(homes: Homes, tensor: Tensor): Tensor | undefined {
  let source = tensor;
  while (!isLeaf(source) && homes.home(source) === undefined) {
    const lowering = loweringOf(source);
    if (lowering.kind !== "view" || !lowering.movesOnly) return undefined;
    source = source.inputs[0]!;
  }
  const isThere = !isOp(source, "constant") && homes.home(source) !== undefined;
  return isThere ? source : undefined;
}

/** Where an element of a view lies in the stored tensor behind it. */
function storedElement(
  homes: Homes,
  tensor: Tensor,
  at: readonly Index[],
): { tensor: Tensor; at: readonly Index[] } | undefined {
  const source = storedSource(homes, tensor);
  if (source === undefined) return undefined;
  const whole = (c: Index, axis: number) =>
    source.shape[axis] === 1 ? fixed(0) : c;
  if (source === tensor) return { tensor, at: at.map(whole) };
  let found: readonly Index[] | undefined;
  traceReads(tensor, at, {
    stops: (candidate) => candidate === source,
    visit: (_, where) => found = where,
  });
  return found && { tensor: source, at: found };
}

/** Four neighbours along k of an operand that {@linkcode readsBytes}, as a word. */
export function loadBytes(
  code: KernelCode,
  use: OperandUse,
  { b, quad, other }: { b: Index; quad: string; other: Index },
): { word: string; scale: string } {
  const k = plus(times(symbol(quad, use.sizes.k / 4), 4), COMPONENT);
  const { source, first } = vectorAt(use, { b, outer: other, k })!;
  return code.bytes(source, first);
}

/** Four neighbours of an operand, as a vector. */
export function loadVector(
  code: KernelCode,
  use: OperandUse,
  { axis, b, quad, other }: {
    axis: VectorAxis;
    b: Index;
    /** Variable that counts fours along the axis. */
    quad: string;
    /** Index along the other axis. */
    other: Index;
  },
): string {
  const along = plus(
    times(symbol(quad, use.sizes[axis] / 4), 4),
    COMPONENT,
  );
  const place = axis === "k"
    ? { b, outer: other, k: along }
    : { b, outer: along, k: other };
  const { source, first } = vectorAt(use, place)!;
  return code.four(source, first);
}
