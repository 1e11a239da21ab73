import { sizeOf, type Tensor } from "../../../tensor/mod.ts";
import type { Group, Part } from "../plan/group.ts";
import { positionOf } from "../ops/indexing.ts";
import type { Kernel, KernelCode } from "./code.ts";
import type { Homes } from "../wgsl/storage.ts";
import { fixed, type Index, linearize, plus } from "../wgsl/index.ts";

/** What an adapter allows, as far as kernels depend on it. */
export interface KernelLimits {
  /** Storage buffers of one kernel. */
  readonly maxBindings: number;
  /** Words that one binding may cover. */
  readonly windowWords: number;
  /** Bytes of memory that a workgroup shares. */
  readonly sharedBytes: number;
  /** Lanes of a subgroup; 0 where subgroups cannot be used. */
  readonly subgroupSize: number;
  /** Invocations of a workgroup. */
  readonly maxInvocations: number;
  /** Whether the adapter is software. */
  readonly isSoftware: boolean;
  /** Whether kernels read through images, as is faster on software. */
  readonly readsImages: boolean;
  /** What the adapter calls itself. */
  readonly adapter: string;
}

/** Lanes of subgroups that are as narrow as the vectors of a processor. */
export type NarrowSubgroup = 4 | 8;

/**
 * The lanes of a subgroup where passing registers between them costs less than
 * memory, as on processors: eight of Mesa's, four of SwiftShader's.
 */
export function narrowSubgroup(
  { subgroupSize, isSoftware }: Pick<
    KernelLimits,
    "subgroupSize" | "isSoftware"
  >,
): NarrowSubgroup | undefined {
  if (subgroupSize === 8) return 8;
  return subgroupSize === 4 && isSoftware ? 4 : undefined;
}

/** Workgroups from which on an adapter counts as busy. */
export function enoughGroups(
  { isSoftware }: Pick<KernelLimits, "isSoftware">,
): number {
  return isSoftware ? 4 : 192;
}

/** A class of problems for which nobody has chosen a kernel yet. */
export interface Question {
  readonly key: string;
  readonly candidates: readonly {
    readonly name: string;
    make(): Kernel[];
  }[];
}

/** Which of several kernels an adapter runs fastest, by class of problem. */
export interface Choices {
  get(key: string): string | undefined;
  /** Told of a class that has no choice yet. */
  ask?(question: Question): void;
}

/** What the kernels of a group may ask about the plan around it. */
export interface KernelContext {
  readonly homes: Homes;
  readonly limits: KernelLimits;
  readonly choices?: Choices;
  /** Whether products with bytes round their other side to bytes as well. */
  readonly roundsProducts: boolean;
  /** The group that computes a stored tensor. */
  groupOf(tensor: Tensor): Group | undefined;
}

/** Elements from which on a kernel reads through images, where the adapter reads these faster. */
const MANY_ELEMENTS = 2 ** 14;

/**
 * Whether a kernel that reads so many elements reads them through images: what
 * is read is copied to them, and Mesa compiles such kernels some five times as long.
 */
export function readsMany(elements: number): boolean {
  return elements >= MANY_ELEMENTS;
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
  group.stores.forEach(({ value, coordinates, target, part }, i) => {
    const position = part === undefined
      ? linearize(coordinates, value.shape)
      : linearize(
        movedCoordinates(code, { value, coordinates, part }),
        part.whole.shape,
      );
    const elements = sizeOf(value.shape);
    code.store(target, position, computed[i]!, { elements });
  });
}

/** Coordinates of a part's element in the whole. */
function movedCoordinates(
  code: KernelCode,
  { value, coordinates, part: { whole, axis, start } }: {
    value: Tensor;
    coordinates: readonly Index[];
    part: Part;
  },
): Index[] {
  const last = whole.shape[axis]! - value.shape[axis]!;
  const first = typeof start === "number"
    ? fixed(start)
    : positionOf(start, last, code);
  return coordinates.with(axis, plus(coordinates[axis]!, first));
}

/** The smallest power of two that is no smaller than a size. */
export function powerOfTwo(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
