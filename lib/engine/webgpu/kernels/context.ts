import { sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { Group } from "../plan/group.ts";
import { positionOf } from "../ops/indexing.ts";
import type { Homes, KernelCode } from "../wgsl/code.ts";
import { linearize, plus } from "../wgsl/index.ts";

/** What an adapter allows, as far as kernels depend on it. */
export interface KernelLimits {
  /** Storage buffers of one kernel. */
  readonly maxBindings: number;
  /** Bytes of memory that a workgroup shares. */
  readonly sharedBytes: number;
  /** Lanes of a subgroup; 0 where subgroups cannot be used. */
  readonly subgroupSize: number;
  /** Invocations of a workgroup. */
  readonly maxInvocations: number;
}

/** What the kernels of a group may ask about the plan around it. */
export interface KernelContext {
  readonly homes: Homes;
  readonly limits: KernelLimits;
  /** The group that computes a stored tensor. */
  groupOf(tensor: Tensor): Group | undefined;
}

/** A name for a group's kernels: what it computes, and where in the model. */
export function groupName({ anchors, members }: Group): string {
  const [first] = anchors.length > 0 ? anchors : [...members.keys()].slice(-1);
  const ops = anchors.length > 0
    ? anchors.map(({ op }) => op).join("+")
    : "map";
  return first!.scope === "" ? ops : `${ops} ${first!.scope}`;
}

/**
 * Writes everything that a group stores, at the index that the variables of its
 * domain hold.
 *
 * @param values expressions of the group's anchors at that index
 */
export function writeStores(
  code: KernelCode,
  group: Group,
  values: readonly string[],
): void {
  group.anchors.forEach((anchor, i) => code.give(anchor, values[i]!));
  const computed = group.stores.map(({ value, coordinates }) =>
    code.evaluate(value, coordinates)
  );
  // Stored last: what is stored may be what is read.
  group.stores.forEach((store, i) => {
    const { value, coordinates, target, rows } = store;
    if (rows === undefined) {
      const position = linearize(coordinates, value.shape);
      code.store(target, position, computed[i]!);
      return;
    }
    const [whole, update, start] = rows.inputs as [Tensor, Tensor, Tensor];
    const { axis } = rows.attributes;
    const last = whole.shape[axis]! - update.shape[axis]!;
    const at = coordinates.with(
      axis,
      plus(coordinates[axis]!, positionOf(start, last, code)),
    );
    const position = linearize(at, whole.shape);
    const elements = sizeOf(value.shape);
    code.store(target, position, computed[i]!, { elements });
  });
}

/** The smallest power of two that is no smaller than a size. */
export function powerOfTwo(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
