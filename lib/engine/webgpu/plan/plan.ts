import {
  isOp,
  type Node,
  type Program,
  quantizedBlocks,
  roots,
  sizeOf,
  type Tensor,
  type TensorType,
} from "../../../tensor/mod.ts";
import { type Choices, type KernelLimits, kernelsOf } from "../kernels/mod.ts";
import type { Kernel } from "../kernels/code.ts";
import { gridPieces } from "../kernels/grid.ts";
import {
  CONSTANTS,
  type Format,
  type Home,
  type Homes,
  INPUTS,
  type Storage,
} from "../wgsl/storage.ts";
import { wordsIn } from "../wgsl/formats.ts";
import type { Index } from "../wgsl/index.ts";
import { isLeaf, PlanGraph } from "./graph.ts";
import { type Group, type Part, traceReads } from "./group.ts";
import { Grouping } from "./grouping.ts";
import { cachesIn, halfTensors } from "./half.ts";
import { type Images, layOutImages } from "./images.ts";
import { type Arena, layOutArena } from "./memory.ts";
import { forwardOf, isAttentionGradient } from "./operands.ts";
import { chooseStored, isAssembled } from "./stored.ts";
import { ConstantPool, type InputLayout, inputLayout } from "./words.ts";

/** A copy that follows the kernels of a run. */
export interface Copy {
  readonly from: Storage;
  readonly to: Storage;
}

/** Everything that a run of a program does. */
export interface Plan {
  readonly kernels: readonly Kernel[];
  readonly arena: Arena;
  /** Images through which kernels read. */
  readonly images: Images;
  readonly copies: readonly Copy[];
  readonly inputs: InputLayout;
  readonly constants: Uint32Array<ArrayBuffer>;
  /** Memory of each output, by name. */
  readonly outputs: ReadonlyMap<string, Storage>;
  /** Memory of each state, by name. */
  readonly states: ReadonlyMap<string, Home>;
}

/** How a program is planned. */
export interface PlanOptions {
  /** Which kernels are known to be fast on the adapter. */
  readonly choices?: Choices;
  /** How states are kept that come in a format of their own, by name. */
  readonly formats?: ReadonlyMap<string, Format>;
  /** Whether kernels keep f16 between each other where that is allowed. */
  readonly half?: boolean;
  /** Whether products of few rows with bytes round their other side to bytes. */
  readonly roundsProducts?: boolean;
}

/** Lays out what a run of a program does on an adapter. */
export function planProgram(
  program: Program,
  limits: KernelLimits,
  options: PlanOptions = {},
): Plan {
  return new Planner(program, limits, options).plan();
}

class Planner implements Homes {
  readonly #program: Program;
  readonly #limits: KernelLimits;
  readonly #graph: PlanGraph;
  readonly #options: PlanOptions;
  readonly #half: ReadonlySet<Tensor>;
  readonly #stored: ReadonlySet<Tensor>;
  readonly #grouping: Grouping;
  readonly #homes = new Map<Tensor, Home>();
  readonly #constants = new ConstantPool();
  readonly #inputs: InputLayout;
  readonly #outputs = new Map<string, Storage>();
  readonly #states = new Map<string, Home>();
  readonly #copies: Copy[] = [];
  /** Memory that is not for one run only, or not this program's own. */
  readonly #lasting = new Set<Storage>([INPUTS, CONSTANTS]);

  constructor(
    program: Program,
    limits: KernelLimits,
    options: PlanOptions,
  ) {
    const { formats, half = false } = options;
    this.#program = program;
    this.#limits = limits;
    this.#options = options;
    this.#graph = new PlanGraph(roots(program));
    this.#half = half ? halfTensors(this.#graph, program) : new Set();
    const caches = half ? cachesIn(this.#graph) : new Set();
    for (const [name, { value }] of Object.entries(program.state)) {
      const format = formats?.get(name) ??
        (caches.has(value) ? "half" : undefined);
      const home = stateHome(value, format);
      this.#states.set(name, home);
      this.#homes.set(value, home);
      this.#lasting.add(home.storage);
      if (home.scales !== undefined) this.#lasting.add(home.scales);
    }
    this.#stored = chooseStored(this.#graph, limits);
    this.#grouping = new Grouping(this.#graph, this.#stored, {
      limits,
      bindingsOf: (tensor) => this.#bindingsOf(tensor),
      rowUpdates: new Set(this.#rowUpdates().keys()),
    });
    this.#inputs = inputLayout(program);
    for (const [name, node] of Object.entries(program.inputs)) {
      const offset = this.#inputs.offsets.get(name)!;
      this.#homes.set(node, { storage: INPUTS, offset });
    }
  }

  home(tensor: Tensor): Home | undefined {
    const known = this.#homes.get(tensor);
    if (known !== undefined) return known;
    if (isOp(tensor, "constant")) {
      const offset = this.#constants.offsetOf(tensor);
      return { storage: CONSTANTS, offset };
    }
    return undefined;
  }

  isTemporary(storage: Storage): boolean {
    return !this.#lasting.has(storage);
  }

  wordsOf(storage: Storage): number {
    if (storage === INPUTS) return this.#inputs.words;
    return storage === CONSTANTS ? this.#constants.size : wordsIn(storage);
  }

  get windowWords(): number {
    return this.#limits.windowWords;
  }

  get readsImages(): boolean {
    return this.#limits.readsImages;
  }

  piecesOf(kernel: Parameters<Homes["piecesOf"]>[0]): number {
    return gridPieces(kernel, this.#limits);
  }

  /** Storage buffers that a tensor takes where it is read or written. */
  #bindingsOf(tensor: Tensor): number {
    const home = this.#homes.get(tensor);
    const isShared = home?.offset !== undefined;
    const storage = isShared ? tensor : home?.storage;
    const words = wordsIn(storage ?? this.#temporary(tensor));
    const windows = Math.ceil(words / this.windowWords);
    return windows + (home?.scales === undefined ? 0 : 1);
  }

  /** Memory for a tensor between kernels. */
  #temporary(tensor: Tensor): Storage {
    return this.#half.has(tensor) ? storageLike(tensor, "half") : tensor;
  }

  plan(): Plan {
    const { choices, roundsProducts = false } = this.#options;
    this.#placeOutputs();
    this.#placeStates();
    this.#placeTemporaries();
    const kernels = this.#grouping.groups
      .filter((group) => group.stores.length > 0)
      .flatMap((group) =>
        kernelsOf(group, {
          homes: this,
          limits: this.#limits,
          ...(choices && { choices }),
          roundsProducts,
          groupOf: (tensor) => this.#grouping.groupOf(tensor),
        })
      );
    const arena = layOutArena(kernels, {
      isTemporary: (storage) => this.isTemporary(storage),
      kept: this.#copies.map(({ from }) => from),
    });
    const images = layOutImages(kernels, {
      wordsOf: (storage) => this.wordsOf(storage),
      isTemporary: (storage) => this.isTemporary(storage),
    });
    return {
      kernels,
      arena,
      images,
      copies: this.#copies,
      inputs: this.#inputs,
      constants: this.#constants.words(),
      outputs: this.#outputs,
      states: this.#states,
    };
  }

  /** Roots of the program's outputs, then of its next states. */
  #placeOutputs(): void {
    Object.keys(this.#program.outputs).forEach((name, i) => {
      const root = this.#graph.roots[i]!;
      const storage = storageLike(root);
      this.#outputs.set(name, storage);
      this.#lasting.add(storage);
      this.#leave(root, storage);
    });
  }

  /** Next states with the states that they replace, in the program's order. */
  #nextStates(): (readonly [root: Tensor, state: Tensor])[] {
    const first = Object.keys(this.#program.outputs).length;
    return Object.values(this.#program.state)
      .filter(({ next }) => next !== undefined)
      .map(({ value }, i) => [this.#graph.roots[first + i]!, value] as const)
      .filter(([root, state]) => root !== state);
  }

  /** Next states of which only new rows are written: nothing else reads the old ones. */
  #rowUpdates(): Map<Tensor, Node<"update_slice">> {
    const updates = new Map<Tensor, Node<"update_slice">>();
    for (const [root, state] of this.#nextStates()) {
      if (!isOp(root, "update_slice") || root.inputs[0] !== state) continue;
      const [, update, start] = root.inputs as [Tensor, Tensor, Tensor];
      const alone = this.#graph.users(state).size === 1 &&
        !this.#graph.roots.includes(state) &&
        !isAssembled(update) && readsLeavesOnly(start, this.#stored);
      if (alone) updates.set(root, root);
    }
    return updates;
  }

  #placeStates(): void {
    const updates = this.#rowUpdates();
    const changes = this.#nextStates()
      .filter(([root]) => sizeOf(root.shape) > 0);
    // All groups must be there before it is asked who reads a state when.
    for (const [root] of changes) this.#grouping.place(root);
    for (const [root, state] of changes) {
      const rows = updates.get(root);
      const { storage } = this.#homes.get(state)!;
      if (rows !== undefined && this.home(root) === undefined) {
        this.#homes.set(root, { storage });
        const [whole, update, start] = rows.inputs as [Tensor, Tensor, Tensor];
        const { axis } = rows.attributes;
        this.#store(update, storage, { whole, axis, start });
      } else if (this.#canReplace(root, state)) this.#leave(root, storage);
      else {
        const next = storageLike(root, storage.format);
        this.#leave(root, next);
        this.#copies.push({ from: next, to: storage });
      }
    }
  }

  /** Writes a tensor to a storage, which becomes its home if it has none. */
  #leave(value: Tensor, target: Storage): void {
    if (sizeOf(value.shape) === 0) return;
    if (this.home(value) === undefined) {
      this.#homes.set(value, { storage: target });
    }
    if (!isAssembled(value)) return this.#store(value, target);
    const { axis } = value.attributes;
    let start = 0;
    for (const part of value.inputs) {
      this.#store(part, target, { whole: value, axis, start });
      start += part.shape[axis]!;
    }
  }

  #store(value: Tensor, target: Storage, part?: Part): void {
    if (sizeOf(value.shape) === 0) return;
    const group = this.#grouping.place(value);
    const coordinates = group.members.get(value);
    if (coordinates === undefined) {
      throw new Error(`internal: ${value.op} (node ${value.id}) has no group`);
    }
    group.stores.push({ value, coordinates, target, ...(part && { part }) });
  }

  /**
   * Whether a state may be overwritten where its next value is computed: by then
   * everyone has read it, or reads it just there.
   */
  #canReplace(root: Tensor, state: Tensor): boolean {
    const own = this.#grouping.place(root);
    const at = own.members.get(root);
    if (at === undefined) return false;
    return this.#grouping.groups.every((group) => {
      const readers = [...group.members.keys()].filter((member) =>
        member === state || this.#grouping.readsOf(member).has(state)
      );
      if (readers.length === 0 || group.index < own.index) return true;
      return group === own &&
        readers.every((reader) =>
          !group.anchors.includes(reader) &&
          readsOnlyAt(reader, group.members.get(reader)!, {
            state,
            at,
            // Other members are readers of their own.
            stops: (found) => this.#stored.has(found),
          })
        );
    });
  }

  /** Gives memory to what one group computes and another reads, last readers first. */
  #placeTemporaries(): void {
    for (const group of this.#grouping.groups.toReversed()) {
      if (group.stores.length === 0) continue;
      for (const read of this.#readsOfGroup(group)) {
        if (isLeaf(read) || this.home(read) !== undefined) continue;
        if (group.members.has(read)) continue;
        this.#leave(read, this.#temporary(read));
      }
      for (const anchor of group.anchors) {
        if (!isAttentionGradient(anchor)) continue;
        const forward = forwardOf(anchor);
        const { extras } = this.#grouping.groupOf(forward)!;
        if (extras.size > 0) continue;
        const shape = forward.shape.slice(0, -1);
        extras.set("logSumExp", { dtype: "f32", shape });
      }
    }
  }

  #readsOfGroup({ anchors, stores, members }: Group): Set<Tensor> {
    const reads = new Set<Tensor>();
    const pending: Tensor[] = [...anchors];
    for (const { value, part } of stores) {
      pending.push(value);
      if (typeof part?.start === "object") pending.push(part.start);
    }
    const seen = new Set(pending);
    for (const tensor of seen) {
      for (const read of this.#grouping.readsOf(tensor)) {
        reads.add(read);
        if (members.has(read)) seen.add(read);
      }
    }
    return reads;
  }
}

/** Whether a tensor can be computed anywhere, as nothing that it reads must be computed before. */
function readsLeavesOnly(
  tensor: Tensor,
  stored: ReadonlySet<Tensor>,
): boolean {
  return isLeaf(tensor) || (!stored.has(tensor) &&
    tensor.inputs.every((input) => readsLeavesOnly(input, stored)));
}

/** Whether a tensor of a group reads a state at the given coordinates alone. */
function readsOnlyAt(
  tensor: Tensor,
  coordinates: readonly Index[],
  { state, at, stops }: {
    state: Tensor;
    at: readonly Index[];
    stops(tensor: Tensor): boolean;
  },
): boolean {
  let same = true;
  traceReads(tensor, coordinates, {
    stops,
    visit: (found, where) => {
      if (found !== state) return;
      same &&= where.every((c, axis) => c.key === at[axis]!.key);
    },
  });
  return same;
}

/** Memory for a tensor that is not the tensor itself. */
function storageLike({ dtype, shape }: TensorType, format?: Format): Storage {
  return format === undefined ? { dtype, shape } : { dtype, shape, format };
}

/** Where a state lies: as it is, or in a format of its own. */
function stateHome(value: Tensor, format: Format | undefined): Home {
  if (format === undefined) return { storage: value };
  const storage = storageLike(value, format);
  if (format !== "bytes") return { storage };
  const [rows, width] = value.shape as [number, number];
  const shape = [rows, quantizedBlocks(width)];
  return { storage, scales: { dtype: "f32", shape } };
}
