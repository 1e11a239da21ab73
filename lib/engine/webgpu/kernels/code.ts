import {
  type DType,
  isOp,
  QUANTIZED_BLOCK,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { LOWERINGS } from "../ops/mod.ts";
import type { Expression, OpCode, View } from "../ops/lowering.ts";
import {
  Bindings,
  type Bound,
  readFourText,
  readText,
  writeText,
} from "../wgsl/bindings.ts";
import { type FunctionName, functionTexts } from "../wgsl/functions.ts";
import { groupText } from "../wgsl/grid.ts";
import {
  alignedBy,
  div,
  fixed,
  type Index,
  indexText,
  linearize,
  mod,
  plus,
  symbol,
  times,
} from "../wgsl/index.ts";
import type { Binding, Home, Homes, Storage } from "../wgsl/storage.ts";
import { Traffic } from "../wgsl/traffic.ts";
import { alignedCoordinates, valueType } from "../wgsl/types.ts";
import { floatText, Writer } from "../wgsl/writer.ts";

/** A kernel: what is compiled, bound and dispatched. */
export interface Kernel {
  /** Family and place in the model, for errors and profiles. */
  readonly name: string;
  /** Without the names of extensions, which depend on the device. */
  readonly wgsl: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: number;
  /** In how many pieces the grid is dispatched; one unless given. */
  readonly pieces?: number;
  /** Multiply-adds count twice. */
  readonly flops: number;
  /** Memory traffic, if every element is moved once. */
  readonly bytes: number;
}

/** Writes one kernel: values at indices, computed where they are read. */
export class KernelCode implements OpCode {
  readonly writer = new Writer();
  readonly #homes: Homes;
  readonly #bindings: Bindings;
  readonly #functions = new Set<FunctionName>();
  readonly #given = new Map<Tensor, string>();
  readonly #defined = new Map<Tensor, (at: readonly Index[]) => string>();
  readonly #computed = new Set<Tensor>();
  readonly #shared: string[] = [];
  readonly #traffic = new Traffic();

  /**
   * @param options.fours whether tensors are bound by fours where they can be:
   *   pays where neighbours are read or written together
   * @param options.images whether images are read where the adapter wants them
   */
  constructor(
    homes: Homes,
    { fours = false, images = false }: { fours?: boolean; images?: boolean } =
      {},
  ) {
    this.#homes = homes;
    this.#bindings = new Bindings(homes, { fours, images });
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
    return this.writer.once(
      key,
      () => this.#traffic.through(tensor, () => this.#write(tensor, at)),
    );
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
    const { storage, offset, scales } = this.homeOf(tensor);
    this.#traffic.read(storage, tensor);
    const text = typeof position === "string" ? position : indexText(position);
    const bound = this.#bindings.bind(storage, { writes: false });
    if (offset !== undefined) {
      return fromWord(readText(bound, `${text} + ${offset}u`), tensor.dtype);
    }
    const value = this.#readVector(bound, position) ??
      fromStored(readText(bound, text), tensor.dtype);
    if (scales === undefined) return value;
    return `${value} * ${this.#scale(scales, { tensor, position })}`;
  }

  /** What multiplies an element that is kept as a byte. */
  #scale(
    scales: Storage,
    { tensor: { shape }, position }: {
      tensor: Tensor;
      position: Index | string;
    },
  ): string {
    const at = typeof position === "string"
      ? symbol(position, sizeOf(shape))
      : position;
    const width = shape.at(-1)!;
    const block = plus(
      times(div(at, width), scales.shape[1]!),
      div(mod(at, width), QUANTIZED_BLOCK),
    );
    const bound = this.#bindings.bind(scales, { writes: false, fours: false });
    return this.writer.once(
      `${bound.name} ${block.key}`,
      () => this.writer.value(readText(bound, indexText(block))),
    );
  }

  /** Four neighbours that are kept as bytes, as a word, and what multiplies them. */
  bytes(tensor: Tensor, first: Index): { word: string; scale: string } {
    const { storage, scales } = this.homeOf(tensor);
    if (scales === undefined) throw new Error("internal: there are no bytes");
    const { name } = this.#bindings
      .bind(storage, { writes: false, fours: true });
    const place = indexText(div(first, 4));
    const word = this.writer.value(`${name}[${place}]`);
    return { word, scale: this.#scale(scales, { tensor, position: first }) };
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
    const bound = this.#bindings.bind(storage, { writes: true });
    this.#traffic.write(storage, elements);
    const stored = storage.dtype === "bool"
      ? `select(0u, 1u, ${value})`
      : value;
    this.writer.line(writeText(bound, text, stored));
  }

  /** An element of a vector that is read whole, where its place in it is known. */
  #readVector(bound: Bound, position: Index | string): string | undefined {
    if (typeof position === "string" || !bound.fours) return undefined;
    const at = alignedBy(position, 4);
    if (at === undefined) return undefined;
    const place = indexText(at.quotient);
    const vector = this.writer.once(
      `${bound.name} ${at.quotient.key}`,
      () => this.writer.value(readFourText(bound, place)),
    );
    return `${vector}.${"xyzw"[at.rest]}`;
  }

  /**
   * Four neighbours of a stored tensor that is bound by fours, as a vector.
   *
   * @param first position of the first one, a multiple of four
   */
  four(tensor: Tensor, first: Index): string {
    const { storage, scales } = this.homeOf(tensor);
    const bound = this.#bindings.bind(storage, { writes: false, fours: true });
    const value = readFourText(bound, indexText(div(first, 4)));
    if (scales === undefined) return this.writer.value(value);
    const scale = this.#scale(scales, { tensor, position: first });
    return this.writer.value(`${value} * ${scale}`);
  }

  /** Where a stored tensor is. */
  homeOf(tensor: Tensor): Home {
    const home = this.#homes.home(tensor);
    if (home !== undefined) return home;
    throw new Error(`internal: ${tensor.op} (node ${tensor.id}) has no home`);
  }

  /** The variable of a storage buffer that one binding covers, as an array of single elements. */
  bind(storage: Storage, writes: boolean): string {
    const { name, windows } = this.#bindings
      .bind(storage, { writes, fours: false, array: true });
    if (windows === 1) return name;
    throw new Error(`internal: ${name} takes ${windows} windows`);
  }

  /** Binds a storage by fours, where that can be done. */
  bindFours(storage: Storage): boolean {
    if (!this.#bindings.allowsFours(storage)) return false;
    this.#bindings.bind(storage, { writes: false, fours: true });
    return true;
  }

  /** Binds a storage by single elements, before something else binds it otherwise. */
  willStore(storage: Storage): void {
    this.#bindings.bind(storage, { writes: true });
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
    { name, workgroupSize, workgroups, flops = 0 }: {
      name: string;
      workgroupSize: number;
      workgroups: number;
      flops?: number;
    },
  ): Kernel {
    const body = this.writer.text;
    if (/\binfinity\(/.test(body)) this.#functions.add("infinity");
    if (/\bnot_a_number\(/.test(body)) this.#functions.add("not_a_number");
    const bytes = this.#bindings.storages
      .reduce((sum, storage) => sum + this.#traffic.bytes(storage), 0);
    const pieces = this.#homes.piecesOf({ workgroups, flops, bytes });
    const { declarations, group } = groupText({ pieces });
    const wgsl = [
      ...this.#bindings.declarations(),
      ...declarations,
      ...this.#shared,
      ...this.#bindings.functions(),
      ...functionTexts(this.#functions),
      `@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = ${group};
${body}
}
`,
    ].join("\n");
    const bindings = this.#bindings.list();
    return { name, wgsl, bindings, workgroups, pieces, flops, bytes };
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
