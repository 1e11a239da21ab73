import { sizeOf } from "../../../tensor/mod.ts";
import type { Format, Storage } from "./storage.ts";
import { storedType } from "./types.ts";

/** How a format is bound, read and written. */
interface FormatRule {
  readonly bits: number;
  /** Types of the array's elements: for single numbers, and for fours. */
  readonly types: readonly [single: string, four: string];
  /** The number at a position of an array of single elements. */
  read(array: string, position: string): string;
  /** The number at a position of an array of fours. */
  readOfFour(array: string, position: string): string;
  /** Four numbers, by their place in an array of fours. */
  readFour(array: string, place: string): string;
  /** What is written for a number. */
  write?(value: string): string;
}

/** Shifts that bring each byte of a word to the top. */
const TO_THE_TOP = "vec4<u32>(24u, 16u, 8u, 0u)";

const FORMATS: { readonly [F in Format]: FormatRule } = {
  "half": {
    bits: 16,
    types: ["f16", "vec4<f16>"],
    read: (array, position) => `f32(${array}[${position}])`,
    readOfFour: (array, position) =>
      `f32(${array}[(${position}) / 4u][(${position}) % 4u])`,
    readFour: (array, place) => `vec4<f32>(${array}[${place}])`,
    write: (value) => `f16(${value})`,
  },
  "half words": {
    bits: 16,
    types: ["u32", "vec2<u32>"],
    read: (array, position) =>
      `unpack2x16float(${array}[(${position}) / 2u])[(${position}) % 2u]`,
    readOfFour: (array, position) => {
      const word = `${array}[(${position}) / 4u][(${position}) / 2u % 2u]`;
      return `unpack2x16float(${word})[(${position}) % 2u]`;
    },
    readFour: (array, place) => {
      const half = (i: number) => `unpack2x16float(${array}[${place}][${i}])`;
      return `vec4<f32>(${half(0)}, ${half(1)})`;
    },
  },
  "bytes": {
    bits: 8,
    types: ["u32", "u32"],
    read: readByte,
    readOfFour: readByte,
    readFour: (array, place) => {
      const word = `vec4<i32>(bitcast<i32>(${array}[${place}]))`;
      return `vec4<f32>((${word} << ${TO_THE_TOP}) >> vec4<u32>(24u))`;
    },
  },
};

function readByte(array: string, position: string): string {
  const word = `bitcast<i32>(${array}[(${position}) / 4u])`;
  return `f32(extractBits(${word}, (${position}) % 4u * 8u, 8u))`;
}

/** Four neighbours, read and written at once. */
const FOUR = "vec4<f32>";

/** Elements that keep a word each. */
function wordRule({ dtype }: Storage): FormatRule {
  const single = storedType(dtype);
  return {
    bits: 32,
    types: [single, FOUR],
    read: (array, position) => `${array}[${position}]`,
    readOfFour: (array, position) =>
      `${array}[(${position}) / 4u][(${position}) % 4u]`,
    readFour: (array, place) => `${array}[${place}]`,
    write: (value) => value,
  };
}

/** How a storage is bound, read and written. */
export function formatRule(storage: Storage): FormatRule {
  return storage.format === undefined
    ? wordRule(storage)
    : FORMATS[storage.format];
}

/** Bits that a number of a storage takes. */
export function bitsOf({ format }: Storage): number {
  return format === undefined ? 32 : FORMATS[format].bits;
}

/** Words that a storage takes. */
export function wordsIn(storage: Storage): number {
  return Math.ceil(sizeOf(storage.shape) * bitsOf(storage) / 32);
}
