import { sameShape, sizeOf, type Tensor } from "../../../tensor/mod.ts";
import { KernelCode } from "../kernels/code.ts";
import type { Homes, Storage } from "../wgsl/storage.ts";
import { fixed, type Index } from "../wgsl/index.ts";
import { linearDomain } from "./domain.ts";
import { isLeaf, loweringOf } from "./graph.ts";

/** The part of a larger tensor that a value is. */
export interface Part {
  readonly whole: Tensor;
  readonly axis: number;
  /** Where along the axis it begins: fixed, or data that is clamped to fit. */
  readonly start: number | Tensor;
}

/** What a group of kernels leaves in memory: one tensor, or a part of one. */
export interface Store {
  readonly value: Tensor;
  /** Coordinates of the value, over the domain of the group. */
  readonly coordinates: readonly Index[];
  readonly target: Storage;
  /** Which part of the target it is; all of it unless given. */
  readonly part?: Part;
}

/** Tensors that are computed together, over one domain. */
export class Group {
  /** Tensors with kernels of their own; none where the group is elementwise. */
  readonly anchors: Tensor[] = [];
  /** Coordinates of everything that is computed here, over the domain. */
  readonly members = new Map<Tensor, readonly Index[]>();
  /** What is written. */
  readonly stores: Store[] = [];
  /** Scratch results that other groups read, such as the statistics of attention. */
  readonly extras = new Map<string, Storage>();

  constructor(
    /** Place in the order of execution. */
    readonly index: number,
    /** Shape of the tensor whose elements are the domain. */
    readonly shape: readonly number[],
  ) {}

  /** Elements of the domain. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether the group has no kernels but its own elementwise one. */
  get isMap(): boolean {
    return this.anchors.length === 0;
  }

  /** Adds a tensor that has kernels of its own. */
  addAnchor(tensor: Tensor, coordinates: readonly Index[]): void {
    this.anchors.push(tensor);
    this.members.set(tensor, coordinates);
  }
}

/**
 * Coordinates at which a tensor can be computed from what a group has at hand;
 * undefined where its elements are not those of the group's domain, one to one.
 *
 * @param stored what is read from memory, unless it is of the group
 */
export function coordinatesIn(
  group: Group,
  tensor: Tensor,
  stored: ReadonlySet<Tensor>,
): readonly Index[] | undefined {
  if (sizeOf(tensor.shape) !== group.size) return undefined;
  const found = forwardCoordinates(tensor, { group, stored, seen: new Map() });
  const start = found ??
    (group.isMap && sameShape(group.shape, tensor.shape)
      ? linearDomain(tensor)
      : undefined);
  if (start === undefined) return undefined;
  return readsInPlace(group, tensor, { coordinates: start, stored })
    ? start
    : undefined;
}

interface Search {
  readonly group: Group;
  readonly stored: ReadonlySet<Tensor>;
  readonly seen: Map<Tensor, readonly Index[] | undefined>;
}

/** Coordinates along some path from a member to the tensor. */
function forwardCoordinates(
  tensor: Tensor,
  search: Search,
): readonly Index[] | undefined {
  const { group, stored, seen } = search;
  if (isLeaf(tensor) || sizeOf(tensor.shape) !== group.size) return undefined;
  if (seen.has(tensor)) return seen.get(tensor);
  seen.set(tensor, undefined);
  const lowering = loweringOf(tensor);
  if (lowering.kind === "kernel") return undefined;
  for (const input of tensor.inputs) {
    const inner = group.members.get(input) ??
      (stored.has(input) ? undefined : forwardCoordinates(input, search));
    if (inner === undefined) continue;
    const outer = lowering.kind === "expression"
      ? widened(inner, tensor)
      : lowering.forward?.(tensor as never, inner);
    seen.set(tensor, outer);
    return outer;
  }
  return undefined;
}

/** Coordinates with leading axes of size 1. */
function widened(inner: readonly Index[], { shape }: Tensor): Index[] {
  const missing = shape.length - inner.length;
  return [...Array.from({ length: missing }, () => fixed(0)), ...inner];
}

/** Whether every path from a tensor to members of a group meets them at their own coordinates. */
function readsInPlace(
  group: Group,
  tensor: Tensor,
  { coordinates, stored }: {
    coordinates: readonly Index[];
    stored: ReadonlySet<Tensor>;
  },
): boolean {
  let inPlace = true;
  traceReads(tensor, coordinates, {
    stops: (found) => group.members.has(found) || stored.has(found),
    visit: (found, at) => {
      const own = group.members.get(found);
      if (own === undefined) return;
      inPlace &&= at.every((c, axis) => c.key === own[axis]!.key);
    },
  });
  return inPlace;
}

/** Tells where the expression of a tensor reads other ones, leaves too. */
export function traceReads(
  tensor: Tensor,
  coordinates: readonly Index[],
  hooks: {
    /** Whether a tensor is read instead of computed. */
    stops(tensor: Tensor): boolean;
    visit(tensor: Tensor, coordinates: readonly Index[]): void;
  },
): void {
  new Tracer(tensor, hooks).evaluate(tensor, coordinates);
}

const NOWHERE: Homes = {
  home: () => undefined,
  isTemporary: () => false,
  wordsOf: () => 0,
  windowWords: Infinity,
  readsImages: false,
  piecesOf: () => 1,
};

/** Walks an expression as a kernel would, writing nothing that is used. */
class Tracer extends KernelCode {
  readonly #root: Tensor;
  readonly #hooks: Parameters<typeof traceReads>[2];

  constructor(root: Tensor, hooks: Parameters<typeof traceReads>[2]) {
    super(NOWHERE);
    this.#root = root;
    this.#hooks = hooks;
  }

  override evaluate(tensor: Tensor, coordinates: readonly Index[]): string {
    const stops = isLeaf(tensor) ||
      (tensor !== this.#root && this.#hooks.stops(tensor));
    if (!stops) return super.evaluate(tensor, coordinates);
    const at = coordinates.map((c, axis) =>
      tensor.shape[axis] === 1 ? fixed(0) : c
    );
    this.#hooks.visit(tensor, at);
    return "0";
  }
}
