import { sizeOf } from "../../../tensor/mod.ts";
import {
  type Binding,
  CONSTANTS,
  type Homes,
  INPUTS,
  type Storage,
} from "./storage.ts";
import { formatRule } from "./formats.ts";
import {
  imageDeclaration,
  type ImageFormat,
  imageFormat,
  imageFunction,
} from "./images.ts";
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
  /** The format of the image that is bound instead of the buffer, for reading. */
  readonly image?: ImageFormat;
  writes: boolean;
}

/** The storage buffers of one kernel, and the images that stand for them. */
export class Bindings {
  readonly #homes: Homes;
  readonly #fours: boolean;
  readonly #asImages: boolean;
  readonly #buffers = new Map<Storage, Bound>();
  readonly #images = new Map<Storage, Bound>();
  /** All of them, in the order of the declarations. */
  readonly #bound: Bound[] = [];

  /**
   * @param options.fours whether tensors are bound by fours where they can be
   * @param options.images whether images are read where the adapter wants them
   */
  constructor(
    homes: Homes,
    { fours, images }: { fours: boolean; images: boolean },
  ) {
    this.#homes = homes;
    this.#fours = fours;
    this.#asImages = images && homes.readsImages;
  }

  /**
   * Binds a storage, by fours or by single elements if that is given.
   *
   * @param options.array whether the variable must be an array: else it may be an image
   */
  bind(
    storage: Storage,
    { writes, fours, array = writes }: {
      writes: boolean;
      fours?: boolean;
      array?: boolean;
    },
  ): Bound {
    const asImage = !array && this.#readsImage(storage);
    const known = asImage ? this.#images : this.#buffers;
    let bound = known.get(storage);
    if (bound === undefined) {
      const name = `t${this.#bound.length}`;
      const windows = this.#windowsOf(storage);
      const asked = fours ?? this.#fitsFours(storage);
      const image = asImage && { image: imageFormat(storage, asked) };
      bound = { name, storage, fours: asked, windows, writes, ...image };
      known.set(storage, bound);
      this.#bound.push(bound);
    }
    if (fours !== undefined && bound.fours !== fours) {
      throw new Error(`internal: ${bound.name} is bound otherwise`);
    }
    bound.writes ||= writes;
    return bound;
  }

  /** Whether a storage is read through an image: not where the kernel writes it before. */
  #readsImage(storage: Storage): boolean {
    if (this.#images.has(storage)) return true;
    return this.#asImages && storage.format === undefined &&
      !this.#buffers.has(storage) && this.fits(storage);
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
    const bound = this.#images.get(storage) ?? this.#buffers.get(storage);
    return this.fits(storage) && (bound === undefined || bound.fours);
  }

  /** Everything that is bound. */
  get storages(): Storage[] {
    return [...new Set(this.#bound.map(({ storage }) => storage))];
  }

  /** What a run binds, in the order of the declarations. */
  list(): Binding[] {
    return this.#variables().map(({ use, i }) => {
      const { storage, writes, windows, image } = use;
      if (image !== undefined) return { storage, writes, image };
      return windows === 1
        ? { storage, writes }
        : { storage, writes, ...this.#window(storage, i) };
    });
  }

  /** WGSL that declares the variables. */
  declarations(): string[] {
    // A buffer cannot be bound for reading and for writing in one dispatch.
    const isTemporary = (storage: Storage) => this.#homes.isTemporary(storage);
    const writesShared = this.#bound.some(({ storage, writes }) =>
      writes && isTemporary(storage)
    );
    return this.#variables().map(({ use, variable }, i) => {
      const { storage, image } = use;
      if (image !== undefined) {
        const declared = imageDeclaration(variable, image);
        return `@group(0) @binding(${i}) var ${declared}`;
      }
      const isWritable = use.writes || (writesShared && isTemporary(storage));
      const access = isWritable ? "read_write" : "read";
      return `@group(0) @binding(${i}) var<storage, ${access}> ${variable}: array<${
        elementType(use)
      }>;`;
    });
  }

  #variables() {
    return this.#bound.flatMap((use) =>
      windowNames(use).map((variable, i) => ({ use, variable, i }))
    );
  }

  /** The part of a storage that its binding `i` covers. */
  #window(storage: Storage, i: number): { start: number; words: number } {
    const { windowWords } = this.#homes;
    const start = i * windowWords;
    const words = this.#homes.wordsOf(storage) - start;
    return { start, words: Math.min(words, windowWords) };
  }

  /** WGSL of the functions that read images, and that find an element's window. */
  functions(): string[] {
    const { windowWords } = this.#homes;
    return this.#bound.flatMap((use) => {
      const { name, image, windows } = use;
      if (image !== undefined) return [imageFunction(name, image)];
      return windows > 1 ? windowFunctions(use, windowWords) : [];
    });
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
  const { name, storage, fours, windows, image } = bound;
  if (image !== undefined) {
    return fours
      ? `read_${name}((${position}) / 4u)[(${position}) % 4u]`
      : `read_${name}(${position})`;
  }
  if (windows > 1) return `read_${name}(${position})`;
  const rule = formatRule(storage);
  return fours ? rule.readOfFour(name, position) : rule.read(name, position);
}

/** Four neighbours of a storage that is bound by fours. */
export function readFourText(
  { name, storage, image }: Bound,
  place: string,
): string {
  if (image !== undefined) return `read_${name}(${place})`;
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
