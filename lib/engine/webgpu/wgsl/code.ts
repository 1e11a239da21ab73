import {
  type DType,
  isOp,
  sizeOf,
  type Tensor,
  type TensorType,
} from "../../../tensor/mod.ts";
import { LOWERINGS } from "../ops/mod.ts";
import type { Expression, View } from "../ops/lowering.ts";
import { type FunctionName, functionTexts } from "./functions.ts";
import { fixed, type Index, indexText, linearize } from "./index.ts";
import { Traffic } from "./traffic.ts";
import { alignedCoordinates, storedType, valueType } from "./types.ts";
import { floatText, Writer } from "./writer.ts";

/** Memory that a kernel binds: by identity. Tensors are their own. */
export type Storage = TensorType;

/** All host inputs of a run, one after another, as words. */
export const INPUTS: Storage = { dtype: "u32", shape: [] };

/** All constants of a program, one after another, as words. */
export const CONSTANTS: Storage = { dtype: "u32", shape: [] };

/** Where the elements of a stored tensor are. */
export interface Home {
  readonly storage: Storage;
  /** Words before its first element, in storage that is shared. */
  readonly offset?: number;
}

/** What a kernel knows of the tensors around it. */
export interface Homes {
  /** Where a tensor is; undefined where it is computed where it is read. */
  home(tensor: Tensor): Home | undefined;
  /** Whether a storage lies in one buffer with others. */
  isTemporary(storage: Storage): boolean;
}

/** One storage buffer of a kernel. */
export interface Binding {
  readonly storage: Storage;
  readonly writes: boolean;
}

/** A kernel: what is compiled, bound and dispatched. */
export interface Kernel {
  /** Family and place in the model, for errors and profiles. */
  readonly name: string;
  readonly wgsl: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: number;
  /** Multiply-adds count twice. */
  readonly flops: number;
  /** Memory traffic, if every element is moved once. */
  readonly bytes: number;
}

interface Bound {
  readonly name: string;
  readonly type: string;
  writes: boolean;
}

/** Writes one kernel: values at indices, computed where they are read. */
export class KernelCode {
  readonly writer = new Writer();
  readonly #homes: Homes;
  readonly #bound = new Map<Storage, Bound>();
  readonly #functions = new Set<FunctionName>();
  readonly #given = new Map<Tensor, string>();
  readonly #computed = new Set<Tensor>();
  readonly #shared: string[] = [];
  readonly #traffic = new Traffic();

  constructor(homes: Homes) {
    this.#homes = homes;
  }

  /** The value of `tensor` is `value` wherever the kernel reads it from now on. */
  give(tensor: Tensor, value: string): void {
    this.#given.set(tensor, value);
  }

  /** Computes a tensor here instead of reading it, wherever it is stored. */
  compute(tensor: Tensor): void {
    this.#computed.add(tensor);
  }

  /** The value of a tensor at an index of the kernel. */
  evaluate(tensor: Tensor, coordinates: readonly Index[]): string {
    const given = this.#given.get(tensor);
    if (given !== undefined) return given;
    // Nothing is read there, but the text must be there.
    if (sizeOf(tensor.shape) === 0) return `${valueType(tensor.dtype)}()`;
    const at = coordinates.map((c, axis) =>
      tensor.shape[axis] === 1 ? fixed(0) : c
    );
    const key = `${tensor.id} ${at.map((c) => c.key).join(" ")}`;
    return this.writer.once(
      key,
      () => this.#traffic.through(tensor, () => this.#write(tensor, at)),
    );
  }

  #write(tensor: Tensor, at: readonly Index[]): string {
    if (isOp(tensor, "constant") && tensor.attributes.value.data.length === 1) {
      return literal(tensor.attributes.value.data[0]!, tensor.dtype);
    }
    const isStored = this.#homes.home(tensor) !== undefined;
    if (isStored && !this.#computed.has(tensor)) return this.read(tensor, at);
    const lowering = LOWERINGS[tensor.op];
    if (lowering === "expand" || lowering.kind === "kernel") {
      throw new Error(
        `internal: ${tensor.op} (node ${tensor.id}) is not stored`,
      );
    }
    if (lowering.kind === "view") {
      return (lowering as View).write(tensor, at, this);
    }
    const { write } = lowering as Expression;
    const values = tensor.inputs.map((input) =>
      this.evaluate(input, alignedCoordinates(at, input))
    );
    return this.writer.value(write(values, tensor, this));
  }

  /** Reads an element of a stored tensor. */
  read(tensor: Tensor, coordinates: readonly Index[]): string {
    const position = linearize(coordinates, tensor.shape);
    return this.writer.value(this.element(tensor, position));
  }

  /** The expression of an element of a stored tensor, by row-major position. */
  element(tensor: Tensor, position: Index | string): string {
    const { storage, offset } = this.homeOf(tensor);
    this.#traffic.read(storage, tensor);
    const text = typeof position === "string" ? position : indexText(position);
    const name = this.bind(storage, false);
    if (offset === undefined) {
      return fromStored(`${name}[${text}]`, tensor.dtype);
    }
    return fromWord(`${name}[${text} + ${offset}u]`, tensor.dtype);
  }

  /**
   * Writes an element, by row-major position.
   *
   * @param elements how many the kernel writes in all: not all where rows are replaced
   */
  store(
    storage: Storage,
    position: Index | string,
    value: string,
    { elements = sizeOf(storage.shape) }: { elements?: number } = {},
  ): void {
    const text = typeof position === "string" ? position : indexText(position);
    const name = this.bind(storage, true);
    this.#traffic.write(storage, elements);
    const stored = storage.dtype === "bool"
      ? `select(0u, 1u, ${value})`
      : value;
    this.writer.line(`${name}[${text}] = ${stored};`);
  }

  /** Where a stored tensor is. */
  homeOf(tensor: Tensor): Home {
    const home = this.#homes.home(tensor);
    if (home !== undefined) return home;
    throw new Error(`internal: ${tensor.op} (node ${tensor.id}) has no home`);
  }

  /** The variable of a storage buffer, as an array of its own elements or of `type`. */
  bind(storage: Storage, writes: boolean, type?: string): string {
    let bound = this.#bound.get(storage);
    if (bound === undefined) {
      const element = type ?? storedType(storage.dtype);
      const name = `t${this.#bound.size}`;
      this.#bound.set(storage, bound = { name, type: element, writes });
    }
    if (type !== undefined && bound.type !== type) {
      throw new Error(`internal: ${bound.name} is bound as ${bound.type}`);
    }
    bound.writes ||= writes;
    return bound.name;
  }

  /** Whether a storage buffer is bound already. */
  isBound(storage: Storage): boolean {
    return this.#bound.has(storage);
  }

  /** Makes a function known and returns its name. */
  call(name: FunctionName): FunctionName {
    this.#functions.add(name);
    return name;
  }

  /** Declares memory that a workgroup shares, such as `tile: array<f32, 64>`. */
  shared(declaration: string): void {
    this.#shared.push(`var<workgroup> ${declaration};`);
  }

  /** The kernel that has been written. */
  finish(
    { name, workgroupSize, workgroups, flops = 0, enable = [] }: {
      name: string;
      workgroupSize: number;
      workgroups: number;
      flops?: number;
      enable?: readonly string[];
    },
  ): Kernel {
    const bound = [...this.#bound];
    // A buffer cannot be bound for reading and for writing in one dispatch.
    const writesShared = bound.some(([storage, { writes }]) =>
      writes && this.#homes.isTemporary(storage)
    );
    const isWritable = (storage: Storage, { writes }: Bound) =>
      writes || (writesShared && this.#homes.isTemporary(storage));
    const declarations = bound.map(([storage, use], i) =>
      `@group(0) @binding(${i}) var<storage, ${
        isWritable(storage, use) ? "read_write" : "read"
      }> ${use.name}: array<${use.type}>;`
    );
    const body = this.writer.text;
    if (/\binfinity\(/.test(body)) this.#functions.add("infinity");
    if (/\bnot_a_number\(/.test(body)) this.#functions.add("not_a_number");
    const wgsl = [
      ...enable.map((feature) => `enable ${feature};`),
      ...declarations,
      ...this.#shared,
      ...functionTexts(this.#functions),
      `@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup.x + workgroup.y * workgroups.x;
${body}
}
`,
    ].join("\n");
    const bindings = bound.map(([storage, { writes }]) => ({
      storage,
      writes,
    }));
    const bytes = bindings
      .reduce((sum, { storage }) => sum + this.#traffic.bytes(storage), 0);
    return { name, wgsl, bindings, workgroups, flops, bytes };
  }
}

function literal(value: number, dtype: DType): string {
  if (dtype === "bool") return value ? "true" : "false";
  if (dtype === "i32") {
    return value === -2147483648 ? "(-2147483647i - 1i)" : `${value}i`;
  }
  return dtype === "u32" || dtype === "u8" ? `${value}u` : floatText(value);
}

function fromStored(text: string, dtype: DType): string {
  return dtype === "bool" ? `(${text} != 0u)` : text;
}

function fromWord(word: string, dtype: DType): string {
  if (dtype === "bool") return `(${word} != 0u)`;
  const type = valueType(dtype);
  return type === "u32" ? word : `bitcast<${type}>(${word})`;
}
