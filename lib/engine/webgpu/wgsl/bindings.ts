import { sizeOf } from "../../../tensor/mod.ts";
import {
  type Binding,
  CONSTANTS,
  type Homes,
  INPUTS,
  type Storage,
} from "./storage.ts";
import { formatRule } from "./formats.ts";
import { storedType } from "./types.ts";

/** How a kernel binds a storage. */
export interface Bound {
  /** The variable, or the beginning of the names of its windows. */
  readonly name: string;
  readonly storage: Storage;
  /** Whether the array's elements are fours. */
  readonly fours: boolean;
  /** Bindings that cover it. */
  readonly windows: number;
  writes: boolean;
}

/** The storage buffers of one kernel. */
export class Bindings {
  readonly #homes: Homes;
  readonly #fours: boolean;
  readonly #bound = new Map<Storage, Bound>();

  /** @param options.fours whether tensors are bound by fours where they can be */
  constructor(homes: Homes, { fours }: { fours: boolean }) {
    this.#homes = homes;
    this.#fours = fours;
  }

  /** Binds a storage, by fours or by single elements if that is given. */
  bind(
    storage: Storage,
    { writes, fours }: { writes: boolean; fours?: boolean },
  ): Bound {
    let bound = this.#bound.get(storage);
    if (bound === undefined) {
      const name = `t${this.#bound.size}`;
      const windows = this.#windowsOf(storage);
      const asked = fours ?? this.#fitsFours(storage);
      bound = { name, storage, fours: asked, windows, writes };
      this.#bound.set(storage, bound);
    }
    if (fours !== undefined && bound.fours !== fours) {
      throw new Error(`internal: ${bound.name} is bound otherwise`);
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

  #fitsFours(storage: Storage): boolean {
    const size = sizeOf(storage.shape);
    return this.#fours && size > 0 && size % 4 === 0 &&
      storedType(storage.dtype) === "f32" && this.fits(storage) &&
      storage !== INPUTS && storage !== CONSTANTS;
  }

  /** Whether a storage can be bound by fours, or is. */
  allowsFours(storage: Storage): boolean {
    const bound = this.#bound.get(storage);
    return this.fits(storage) && (bound === undefined || bound.fours);
  }

  /** Whether a storage of f16 is bound. */
  get usesHalf(): boolean {
    return this.storages.some(({ format }) => format === "half");
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
      return `@group(0) @binding(${i}) var<storage, ${access}> ${variable}: array<${
        elementType(use)
      }>;`;
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
  const { name, storage, writes, windows } = use;
  const rule = formatRule(storage);
  const type = storedType(storage.dtype);
  const each = windowWords * 32 / rule.bits;
  const choose = (take: (variable: string, at: string) => string) =>
    windowNames(use).map((variable, i) => {
      const stop = `${(i + 1) * each}u`;
      const condition = i === windows - 1 ? "" : `if (i < ${stop}) `;
      return `  ${condition}{ ${take(variable, `i - ${i * each}u`)} }`;
    }).join("\n");
  const read = choose((variable, at) => `return ${rule.read(variable, at)};`);
  const functions = [`fn read_${name}(i: u32) -> ${type} {\n${read}\n}`];
  if (writes) {
    const value = writtenValue(use, "value");
    const write = choose((variable, at) =>
      `${variable}[${at}] = ${value}; return;`
    );
    functions.push(`fn write_${name}(i: u32, value: ${type}) {\n${write}\n}`);
  }
  return functions;
}

/** The variables that cover a storage. */
function windowNames({ name, windows }: Bound): string[] {
  if (windows === 1) return [name];
  return Array.from({ length: windows }, (_, i) => `${name}_${i}`);
}

/** Type of the elements of the array that a storage is bound as. */
function elementType({ storage, fours }: Bound): string {
  return formatRule(storage).types[fours ? 1 : 0];
}

/** What is written for a value. */
function writtenValue({ name, storage }: Bound, value: string): string {
  const { write } = formatRule(storage);
  if (write !== undefined) return write(value);
  throw new Error(`internal: ${name} cannot be written as ${storage.format}`);
}

/** The value of an element, whatever covers its storage. */
export function readText(bound: Bound, position: string): string {
  const { name, storage, fours, windows } = bound;
  if (windows > 1) return `read_${name}(${position})`;
  const rule = formatRule(storage);
  return fours ? rule.readOfFour(name, position) : rule.read(name, position);
}

/** Four neighbours of a storage that is bound by fours. */
export function readFourText({ name, storage }: Bound, place: string): string {
  return formatRule(storage).readFour(name, place);
}

/** The statement that writes an element. */
export function writeText(
  bound: Bound,
  position: string,
  value: string,
): string {
  const { name, fours, windows } = bound;
  if (windows > 1) return `write_${name}(${position}, ${value});`;
  const element = fours
    ? `${name}[(${position}) / 4u][(${position}) % 4u]`
    : `${name}[${position}]`;
  return `${element} = ${writtenValue(bound, value)};`;
}
