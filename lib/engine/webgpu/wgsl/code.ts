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
import { alignedBy, fixed, type Index, indexText, linearize } from "./index.ts";
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

/** Type of the elements of a storage that is read four at a time. */
export const VECTOR = "vec4<f32>";

/** What a kernel knows of the tensors around it. */
export interface Homes {
  /** Where a tensor is; undefined where it is computed where it is read. */
  home(tensor: Tensor): Home | undefined;
  /** Whether a storage lies in one buffer with others. */
  isTemporary(storage: Storage): boolean;
  /** Words of the elements of a storage. */
  wordsOf(storage: Storage): number;
  /** Words that one binding may cover; storages with more are bound in windows. */
  readonly windowWords: number;
}

/** One storage buffer of a kernel, or a window of one. */
export interface Binding {
  readonly storage: Storage;
  readonly writes: boolean;
  /** First word; the beginning unless given. */
  readonly start?: number;
  /** Words; all unless given. */
  readonly words?: number;
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
}

interface Bound {
  readonly name: string;
  readonly type: string;
  /** Bindings that cover it. */
  readonly windows: number;
  writes: boolean;
}

/** Writes one kernel: values at indices, computed where they are read. */
export class KernelCode {
  readonly writer = new Writer();
  readonly #homes: Homes;
  readonly #bound = new Map<Storage, Bound>();
  readonly #functions = new Set<FunctionName>();
  readonly #given = new Map<Tensor, string>();
  readonly #defined = new Map<Tensor, (at: readonly Index[]) => string>();
  readonly #computed = new Set<Tensor>();
  readonly #shared: string[] = [];
  readonly #vectors: boolean;

  /**
   * @param options.vectors whether tensors are bound as vectors of four where
   *   they can be: pays where neighbours are read or written together
   */
  constructor(homes: Homes, { vectors = false }: { vectors?: boolean } = {}) {
    this.#homes = homes;
    this.#vectors = vectors;
  }

  /** The value of `tensor` is `value` wherever the kernel reads it from now on. */
  give(tensor: Tensor, value: string): void {
    this.#given.set(tensor, value);
  }

  /** The value of `tensor` at any index is what `write` makes of it from now on. */
  define(tensor: Tensor, write: (at: readonly Index[]) => string): void {
    this.#defined.set(tensor, write);
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
    return this.writer.once(key, () => this.#write(tensor, at));
  }

  #write(tensor: Tensor, at: readonly Index[]): string {
    if (isOp(tensor, "constant") && tensor.attributes.value.data.length === 1) {
      return literal(tensor.attributes.value.data[0]!, tensor.dtype);
    }
    const defined = this.#defined.get(tensor);
    if (defined !== undefined) return this.writer.value(defined(at));
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
    const text = typeof position === "string" ? position : indexText(position);
    const bound = this.#bind(storage, { writes: false });
    if (offset === undefined) {
      return this.#readVector(bound, position) ??
        fromStored(readText(bound, text), tensor.dtype);
    }
    return fromWord(readText(bound, `${text} + ${offset}u`), tensor.dtype);
  }

  /** Writes an element, by row-major position. */
  store(storage: Storage, position: Index | string, value: string): void {
    const text = typeof position === "string" ? position : indexText(position);
    const bound = this.#bind(storage, { writes: true });
    const stored = storage.dtype === "bool"
      ? `select(0u, 1u, ${value})`
      : value;
    this.writer.line(
      bound.windows === 1
        ? `${elementText(bound, text)} = ${stored};`
        : `write_${bound.name}(${text}, ${stored});`,
    );
  }

  /** An element of a vector that is read whole, where its place in it is known. */
  #readVector(
    { name, type }: Bound,
    position: Index | string,
  ): string | undefined {
    if (typeof position === "string" || type !== VECTOR) return undefined;
    const at = alignedBy(position, 4);
    if (at === undefined) return undefined;
    const vector = this.writer.once(
      `${name} ${at.quotient.key}`,
      () => this.writer.value(`${name}[${indexText(at.quotient)}]`),
    );
    return `${vector}.${"xyzw"[at.rest]}`;
  }

  /** Where a stored tensor is. */
  homeOf(tensor: Tensor): Home {
    const home = this.#homes.home(tensor);
    if (home !== undefined) return home;
    throw new Error(`internal: ${tensor.op} (node ${tensor.id}) has no home`);
  }

  /**
   * The variable of a storage buffer that one binding covers ({@linkcode fits}),
   * as an array of its own elements or of `type`.
   */
  bind(storage: Storage, writes: boolean, type?: string): string {
    const { name, windows } = this.#bind(storage, { writes, type });
    if (windows === 1) return name;
    throw new Error(`internal: ${name} takes ${windows} windows`);
  }

  /** Binds a storage by single elements, before something else binds it otherwise. */
  willStore(storage: Storage): void {
    this.#bind(storage, { writes: true });
  }

  /** Whether one binding covers a storage. */
  fits(storage: Storage): boolean {
    return this.#windowsOf(storage) === 1;
  }

  #windowsOf(storage: Storage): number {
    const words = this.#homes.wordsOf(storage);
    return Math.max(1, Math.ceil(words / this.#homes.windowWords));
  }

  #bind(
    storage: Storage,
    { writes, type }: { writes: boolean; type?: string },
  ): Bound {
    let bound = this.#bound.get(storage);
    if (bound === undefined) {
      const element = type ??
        (this.#fitsVectors(storage) ? VECTOR : storedType(storage.dtype));
      const name = `t${this.#bound.size}`;
      const windows = this.#windowsOf(storage);
      bound = { name, type: element, windows, writes };
      this.#bound.set(storage, bound);
    }
    if (type !== undefined && bound.type !== type) {
      throw new Error(`internal: ${bound.name} is bound as ${bound.type}`);
    }
    bound.writes ||= writes;
    return bound;
  }

  #fitsVectors(storage: Storage): boolean {
    const size = sizeOf(storage.shape);
    return this.#vectors && size > 0 && size % 4 === 0 &&
      storedType(storage.dtype) === "f32" && this.fits(storage) &&
      storage !== INPUTS && storage !== CONSTANTS;
  }

  /** Whether a storage buffer is bound already, as an array of `type` if given. */
  isBound(storage: Storage, type?: string): boolean {
    const bound = this.#bound.get(storage);
    return bound !== undefined && (type === undefined || bound.type === type);
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
    const variables = bound.flatMap(([storage, use]) =>
      windowNames(use).map((variable, i) => ({ storage, use, variable, i }))
    );
    const declarations = variables.map(({ storage, use, variable }, i) =>
      `@group(0) @binding(${i}) var<storage, ${
        isWritable(storage, use) ? "read_write" : "read"
      }> ${variable}: array<${use.type}>;`
    );
    const body = this.writer.text;
    if (/\binfinity\(/.test(body)) this.#functions.add("infinity");
    if (/\bnot_a_number\(/.test(body)) this.#functions.add("not_a_number");
    const wgsl = [
      ...enable.map((feature) => `enable ${feature};`),
      ...declarations,
      ...this.#shared,
      ...bound.flatMap(([, use]) => this.#windowFunctions(use)),
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
    const bindings = variables.map(({ storage, use: { writes, windows }, i }) =>
      windows === 1
        ? { storage, writes }
        : { storage, writes, ...this.#window(storage, i) }
    );
    return { name, wgsl, bindings, workgroups, flops };
  }

  /** The part of a storage that its binding `i` covers. */
  #window(storage: Storage, i: number): { start: number; words: number } {
    const { windowWords } = this.#homes;
    const start = i * windowWords;
    const words = this.#homes.wordsOf(storage) - start;
    return { start, words: Math.min(words, windowWords) };
  }

  /** Functions that find an element's window. */
  #windowFunctions(use: Bound): string[] {
    if (use.windows === 1) return [];
    const { name, type, writes } = use;
    const { windowWords } = this.#homes;
    const choose = (take: (element: string) => string) =>
      windowNames(use).map((variable, i) => {
        const element = `${variable}[i - ${i * windowWords}u]`;
        const last = i === use.windows - 1;
        const condition = last ? "" : `if (i < ${(i + 1) * windowWords}u) `;
        return `  ${condition}{ ${take(element)} }`;
      }).join("\n");
    const read = `fn read_${name}(i: u32) -> ${type} {\n${
      choose((element) => `return ${element};`)
    }\n}`;
    if (!writes) return [read];
    const write = `fn write_${name}(i: u32, value: ${type}) {\n${
      choose((element) => `${element} = value; return;`)
    }\n}`;
    return [read, write];
  }
}

/** An element of a storage that one binding covers. */
function elementText({ name, type }: Bound, position: string): string {
  return type === VECTOR
    ? `${name}[(${position}) / 4u][(${position}) % 4u]`
    : `${name}[${position}]`;
}

/** The value of an element, whatever covers its storage. */
function readText(bound: Bound, position: string): string {
  return bound.windows === 1
    ? elementText(bound, position)
    : `read_${bound.name}(${position})`;
}

/** The variables that cover a storage. */
function windowNames({ name, windows }: Bound): string[] {
  if (windows === 1) return [name];
  return Array.from({ length: windows }, (_, i) => `${name}_${i}`);
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
