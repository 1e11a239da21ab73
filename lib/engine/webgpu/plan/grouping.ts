import { sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { KernelLimits } from "../kernels/context.ts";
import { countedPlaces } from "./counted.ts";
import { domainOf, linearDomain } from "./domain.ts";
import { takesFewRows } from "./few_rows.ts";
import { hasKernels, isLeaf, isLiteral, type PlanGraph } from "./graph.ts";
import { coordinatesIn, Group } from "./group.ts";
import { operandsOf } from "./operands.ts";
import { sharesKernel } from "./sharing.ts";
import { isAssembled } from "./stored.ts";

/** Groups that an elementwise tensor may join although nothing leads from them to it. */
const SIBLINGS = 32;

/** Stored tensors by the groups that compute them, in an order in which they can run. */
export class Grouping {
  readonly groups: Group[] = [];
  readonly #of = new Map<Tensor, Group>();
  readonly #behind = new Map<Tensor, ReadonlySet<Tensor>>();
  readonly #stored: ReadonlySet<Tensor>;
  readonly #limits: KernelLimits;
  readonly #bindingsOf: (tensor: Tensor) => number;
  readonly #rowUpdates: ReadonlySet<Tensor>;

  /**
   * @param stored what is kept in memory (chooseStored)
   * @param options.limits what a kernel may bind, and may share with others
   * @param options.bindingsOf how many storage buffers a tensor takes
   * @param options.rowUpdates next states of which only new rows are written
   */
  constructor(
    graph: PlanGraph,
    stored: ReadonlySet<Tensor>,
    { limits, bindingsOf, rowUpdates }: {
      limits: KernelLimits;
      bindingsOf(tensor: Tensor): number;
      rowUpdates: ReadonlySet<Tensor>;
    },
  ) {
    this.#stored = stored;
    this.#limits = limits;
    this.#bindingsOf = bindingsOf;
    this.#rowUpdates = rowUpdates;
    // Places come first: what reads one could join nothing that is older.
    for (const node of new Set([...countedPlaces(graph), ...graph.order])) {
      if (!isLeaf(node) && stored.has(node) && sizeOf(node.shape) > 0) {
        this.#place(node);
      }
    }
  }

  /** The group that computes a stored tensor; undefined for leaves. */
  groupOf(tensor: Tensor): Group | undefined {
    return this.#of.get(tensor);
  }

  /** Finds or makes the group that computes a tensor, or copies a leaf. */
  place(tensor: Tensor): Group {
    return this.#of.get(tensor) ?? this.#place(tensor);
  }

  #place(tensor: Tensor): Group {
    const group = this.#groupFor(tensor);
    this.#of.set(tensor, group);
    return group;
  }

  #groupFor(tensor: Tensor): Group {
    const { groups } = this;
    if (this.#rowUpdates.has(tensor)) return this.place(tensor.inputs[1]!);
    if (isAssembled(tensor)) return this.#placeParts(tensor);
    if (!isLeaf(tensor) && hasKernels(tensor)) {
      const group = this.#sharingGroup(tensor) ??
        new Group(groups.length, tensor.shape);
      group.addAnchor(tensor, domainOf(tensor));
      groups[group.index] = group;
      return group;
    }
    for (const group of this.#candidates(tensor)) {
      const coordinates = coordinatesIn(group, tensor, this.#stored);
      if (coordinates === undefined || !this.#fits(group, tensor)) continue;
      group.members.set(tensor, coordinates);
      return group;
    }
    const group = new Group(groups.length, tensor.shape);
    group.members.set(tensor, linearDomain(tensor));
    groups.push(group);
    return group;
  }

  /** The last group that writes a part of a concatenation. */
  #placeParts({ inputs }: Tensor): Group {
    const groups = inputs.filter(({ shape }) => sizeOf(shape) > 0)
      .map((part) => this.place(part));
    return groups.reduce((a, b) => a.index > b.index ? a : b);
  }

  /** A group whose kernel can compute one more tensor from the same operand. */
  #sharingGroup(tensor: Tensor): Group | undefined {
    const latest = this.#latestRead(tensor);
    const fewRows = takesFewRows(this.#limits);
    return this.groups
      .slice(Math.max(latest + 1, this.groups.length - SIBLINGS))
      .find((group) =>
        sharesKernel(group.anchors, tensor, { fewRows }) &&
        this.#fits(group, tensor)
      );
  }

  /** Index of the last group that a tensor reads from; -1 where it reads leaves only. */
  #latestRead(tensor: Tensor): number {
    const indices = [...this.readsOf(tensor)]
      .map((read) => isLeaf(read) ? -1 : this.#of.get(read)?.index ?? -1);
    return Math.max(-1, ...indices);
  }

  /** Groups that run after everything that a tensor reads, or compute it. */
  #candidates(tensor: Tensor): Group[] {
    const reads = this.readsOf(tensor);
    const latest = this.#latestRead(tensor);
    const siblings = this.groups
      .slice(Math.max(latest + 1, this.groups.length - SIBLINGS))
      .filter((group) => group.isMap && group.size === sizeOf(tensor.shape))
      .filter((group) =>
        [...group.members.keys()].some((member) =>
          [...this.readsOf(member)].some((read) => reads.has(read))
        )
      );
    const first = this.groups[latest];
    // What the last group writes but does not compute as a whole is not there yet.
    const joins = first !== undefined &&
      [...reads].every((read) =>
        this.#of.get(read) !== first || first.members.has(read)
      );
    return joins ? [first, ...siblings] : siblings;
  }

  /** Whether a group may bind what one more tensor reads and is stored in. */
  #fits(group: Group, tensor: Tensor): boolean {
    const all = new Set<Tensor>([tensor]);
    for (const member of [...group.members.keys(), tensor]) {
      all.add(member);
      this.readsOf(member).forEach((read) => all.add(read));
    }
    let bindings = 2; // For constants and what kernels keep between them.
    for (const each of all) {
      if (!isLiteral(each)) bindings += this.#bindingsOf(each);
    }
    return bindings <= this.#limits.maxBindings;
  }

  /** What the kernels of a tensor read from memory: stored tensors and leaves. */
  readsOf(tensor: Tensor): ReadonlySet<Tensor> {
    const known = this.#behind.get(tensor);
    if (known !== undefined) return known;
    const reads = new Set<Tensor>();
    this.#behind.set(tensor, reads);
    if (isLeaf(tensor)) return reads.add(tensor);
    for (const operand of operandsOf(tensor)) {
      if (isLeaf(operand) || this.#stored.has(operand)) reads.add(operand);
      else this.readsOf(operand).forEach((read) => reads.add(read));
    }
    return reads;
  }
}
