import { sizeOf } from "../../../tensor/mod.ts";
import {
  type Binding,
  CONSTANTS,
  type Homes,
  INPUTS,
  type Storage,
} from "./storage.ts";
import { storedType } from "./types.ts";

/** Four neighbours, read and written at once. */
export const VECTOR = "vec4<f32>";

/** How a kernel binds a storage. */
export interface Bound {
  /** The variable, or the beginning of the names of its windows. */
  readonly name: string;
  /** Type of the array's elements. */
  readonly type: string;
  /** Bindings that cover it. */
  readonly windows: number;
  writes: boolean;
}

/** The storage buffers of one kernel. */
export class Bindings {
  readonly #homes: Homes;
  readonly #vectors: boolean;
  readonly #bound = new Map<Storage, Bound>();

  /** @param options.vectors whether tensors are bound by fours where they can be */
  constructor(homes: Homes, { vectors }: { vectors: boolean }) {
    this.#homes = homes;
    this.#vectors = vectors;
  }

  /** Binds a storage, as an array of its own elements or of `type`. */
  bind(
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

  /** Whether one binding covers a storage. */
  fits(storage: Storage): boolean {
    return this.#windowsOf(storage) === 1;
  }

  #windowsOf(storage: Storage): number {
    const words = this.#homes.wordsOf(storage);
    return Math.max(1, Math.ceil(words / this.#homes.windowWords));
  }

  #fitsVectors(storage: Storage): boolean {
    const size = sizeOf(storage.shape);
    return this.#vectors && size > 0 && size % 4 === 0 &&
      storedType(storage.dtype) === "f32" && this.fits(storage) &&
      storage !== INPUTS && storage !== CONSTANTS;
  }

  /** Whether a storage is bound already, as an array of `type` if given. */
  isBound(storage: Storage, type?: string): boolean {
    const bound = this.#bound.get(storage);
    return bound !== undefined && (type === undefined || bound.type === type);
  }

  /** Everything that is bound. */
  get storages(): Storage[] {
    return [...this.#bound.keys()];
  }

  /** What a run binds, in the order of the declarations. */
  list(): Binding[] {
    return this.#variables().map(({ storage, use: { writes, windows }, i }) =>
      windows === 1
        ? { storage, writes }
        : { storage, writes, ...this.#window(storage, i) }
    );
  }

  /** WGSL that declares the variables. */
  declarations(): string[] {
    // A buffer cannot be bound for reading and for writing in one dispatch.
    const isTemporary = (storage: Storage) => this.#homes.isTemporary(storage);
    const writesShared = [...this.#bound].some(([storage, { writes }]) =>
      writes && isTemporary(storage)
    );
    return this.#variables().map(({ storage, use, variable }, i) => {
      const isWritable = use.writes || (writesShared && isTemporary(storage));
      const access = isWritable ? "read_write" : "read";
      return `@group(0) @binding(${i}) var<storage, ${access}> ${variable}: array<${use.type}>;`;
    });
  }

  #variables() {
    return [...this.#bound].flatMap(([storage, use]) =>
      windowNames(use).map((variable, i) => ({ storage, use, variable, i }))
    );
  }

  /** The part of a storage that its binding `i` covers. */
  #window(storage: Storage, i: number): { start: number; words: number } {
    const { windowWords } = this.#homes;
    const start = i * windowWords;
    const words = this.#homes.wordsOf(storage) - start;
    return { start, words: Math.min(words, windowWords) };
  }

  /** WGSL of the functions that find an element's window. */
  functions(): string[] {
    const { windowWords } = this.#homes;
    return [...this.#bound.values()]
      .filter(({ windows }) => windows > 1)
      .flatMap((use) => windowFunctions(use, windowWords));
  }
}

function windowFunctions(use: Bound, windowWords: number): string[] {
  const { name, type, writes, windows } = use;
  const choose = (take: (element: string) => string) =>
    windowNames(use).map((variable, i) => {
      const element = `${variable}[i - ${i * windowWords}u]`;
      const stop = `${(i + 1) * windowWords}u`;
      const condition = i === windows - 1 ? "" : `if (i < ${stop}) `;
      return `  ${condition}{ ${take(element)} }`;
    }).join("\n");
  const read = choose((element) => `return ${element};`);
  const write = choose((element) => `${element} = value; return;`);
  const functions = [`fn read_${name}(i: u32) -> ${type} {\n${read}\n}`];
  if (writes) {
    functions.push(`fn write_${name}(i: u32, value: ${type}) {\n${write}\n}`);
  }
  return functions;
}

/** The variables that cover a storage. */
function windowNames({ name, windows }: Bound): string[] {
  if (windows === 1) return [name];
  return Array.from({ length: windows }, (_, i) => `${name}_${i}`);
}

/** An element of a storage that one binding covers. */
function elementText({ name, type }: Bound, position: string): string {
  return type === VECTOR
    ? `${name}[(${position}) / 4u][(${position}) % 4u]`
    : `${name}[${position}]`;
}

/** The value of an element, whatever covers its storage. */
export function readText(bound: Bound, position: string): string {
  return bound.windows === 1
    ? elementText(bound, position)
    : `read_${bound.name}(${position})`;
}

/** The statement that writes an element. */
export function writeText(
  bound: Bound,
  position: string,
  value: string,
): string {
  return bound.windows === 1
    ? `${elementText(bound, position)} = ${value};`
    : `write_${bound.name}(${position}, ${value});`;
}
