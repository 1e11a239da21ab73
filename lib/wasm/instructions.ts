import { type Code, leb } from "./module.ts";

/** Blocks have no result. */
const EMPTY = 0x40, END = 0x0b;

/** Runs instructions as long as a condition holds at their start. */
export function whileLoop(condition: Code, body: Code): Code {
  // block { loop { leave the block unless condition; body; again } }
  return [
    ...[0x02, EMPTY, 0x03, EMPTY],
    ...condition,
    ...[0x45, 0x0d, 0x01],
    ...body,
    ...[0x0c, 0x00, END, END],
  ];
}

/** Runs instructions once, and again as long as a condition holds at their end. */
export function repeatWhile(body: Code, condition: Code): Code {
  return [0x03, EMPTY, ...body, ...condition, 0x0d, 0x00, END];
}

function i32Operation(opcode: number) {
  return (a: Code, b: Code): Code => [...a, ...b, opcode];
}

/** Whole numbers. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...leb(value, { signed: true })],
  load: (at: Code, offset = 0): Code => [...at, 0x28, 0x02, ...leb(offset)],
  lessThan: i32Operation(0x48),
  add: i32Operation(0x6a),
  subtract: i32Operation(0x6b),
  multiply: i32Operation(0x6c),
};

function vector(opcode: number): Code {
  return [0xfd, ...leb(opcode)];
}

function unary(opcode: number) {
  return (a: Code): Code => [...a, ...vector(opcode)];
}

function binary(opcode: number) {
  return (a: Code, b: Code): Code => [...a, ...b, ...vector(opcode)];
}

function load(opcode: number) {
  return (at: Code, offset = 0): Code => [
    ...at,
    ...vector(opcode),
    // Nothing is known of how the address is aligned.
    0x00,
    ...leb(offset),
  ];
}

/** Vectors of 128 bits. */
export const v128 = {
  zero: [...vector(0x0c), ...new Array<number>(16).fill(0)] as Code,
  load: load(0x00),
  /** Four times the 32 bits that lie there. */
  loadSplat32: load(0x09),
  /** Twice the 64 bits that lie there. */
  loadSplat64: load(0x0a),
  /** The 8 bytes that lie there, then zeros. */
  loadLow64: load(0x5d),
  store: (at: Code, value: Code, offset = 0): Code => [
    ...at,
    ...value,
    ...vector(0x0b),
    0x00,
    ...leb(offset),
  ],
  /** Stores the lowest 4 bytes. */
  storeLow32: (at: Code, value: Code): Code => [
    ...at,
    ...value,
    ...vector(0x5a),
    ...[0x00, 0x00, 0x00],
  ],
  /** Bytes of two vectors by their places, those of the second from 16 on. */
  shuffle: (a: Code, b: Code, places: readonly number[]): Code => [
    ...a,
    ...b,
    ...vector(0x0d),
    ...places,
  ],
};

/** Sixteen bytes. */
export const i8x16 = {
  /** Of two vectors of i16, each cut to what a byte holds. */
  narrow: binary(0x66),
};

/** Eight numbers of 16 bits. */
export const i16x8 = {
  /** Of two vectors of i32, each cut to what 16 bits hold. */
  narrow: binary(0x85),
  extendLowBytes: unary(0x89),
  extendHighBytes: unary(0x8a),
};

/** Four numbers of 32 bits. */
export const i32x4 = {
  splat: unary(0x11),
  shiftLeft: (a: Code, bits: number): Code => [
    ...a,
    ...i32.constant(bits),
    ...vector(0xab),
  ],
  shiftRight: (a: Code, bits: number): Code => [
    ...a,
    ...i32.constant(bits),
    ...vector(0xac),
  ],
  add: binary(0xae),
  /** Sums of the products of pairs of i16. */
  dot: binary(0xba),
};

/** Two numbers of float64. */
export const f64x2 = {
  add: binary(0xf0),
  /** a b + c: rounded once where the processor can, else twice. */
  multiplyAdd: (a: Code, b: Code, c: Code): Code => [
    ...a,
    ...b,
    ...c,
    ...vector(0x107),
  ],
};
