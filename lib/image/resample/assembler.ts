/** Bytes of WebAssembly instructions. */
export type Code = readonly number[];

/** A function of a module: integers in, nothing out. */
export interface WasmFunction {
  readonly name: string;
  /** Names of its parameters, all i32. */
  readonly parameters: readonly string[];
  /** Names of its variables by their types. */
  readonly variables: {
    readonly i32: readonly string[];
    readonly v128: readonly string[];
  };
  /** Its instructions, by what makes them of names. */
  body(local: Locals): Code;
}

/** Instructions that read and write a function's variables by name. */
export interface Locals {
  get(name: string): Code;
  set(name: string, value: Code): Code;
}

const I32 = 0x7f, V128 = 0x7b, EMPTY = 0x40, END = 0x0b;

/** An unsigned number in LEB128, or a signed one. */
function leb(value: number, { signed = false } = {}): Code {
  const bytes: number[] = [];
  for (let rest = value;;) {
    const low = rest & 0x7f;
    rest = signed ? rest >> 7 : rest >>> 7;
    const last = signed
      ? (rest === 0 && low < 64) || (rest === -1 && low >= 64)
      : rest === 0;
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

function list(items: readonly Code[]): Code {
  return [...leb(items.length), ...items.flat()];
}

function sized(bytes: Code): Code {
  return [...leb(bytes.length), ...bytes];
}

function text(value: string): Code {
  return sized([...new TextEncoder().encode(value)]);
}

/** A module that imports its memory as `host.memory` and exports its functions. */
export function wasmModule(
  functions: readonly WasmFunction[],
): Uint8Array<ArrayBuffer> {
  const section = (id: number, bytes: Code) => [id, ...sized(bytes)];
  const types = functions.map((
    { parameters },
  ) => [0x60, ...list(parameters.map(() => [I32])), ...list([])]);
  const memory = [...text("host"), ...text("memory"), 0x02, 0x00, 0x01];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, index) => leb(index)))),
    ...section(
      7,
      list(functions.map(({ name }, i) => [...text(name), 0x00, ...leb(i)])),
    ),
    ...section(10, list(functions.map(functionCode))),
  ]);
}

function functionCode(
  { parameters, variables: { i32, v128 }, body }: WasmFunction,
): Code {
  const names = [...parameters, ...i32, ...v128];
  function index(name: string): Code {
    const found = names.indexOf(name);
    if (found < 0) throw new Error(`internal: no variable "${name}"`);
    return leb(found);
  }
  const locals = list([
    [...leb(i32.length), I32],
    [...leb(v128.length), V128],
  ]);
  const instructions = body({
    get: (name) => [0x20, ...index(name)],
    set: (name, value) => [...value, 0x21, ...index(name)],
  });
  return sized([...locals, ...instructions, END]);
}

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

function i32Operation(opcode: number) {
  return (a: Code, b: Code): Code => [...a, ...b, opcode];
}

/** Whole numbers. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...leb(value, { signed: true })],
  load: (at: Code, offset = 0): Code => [...at, 0x28, 0x02, ...leb(offset)],
  lessThan: i32Operation(0x48),
  add: i32Operation(0x6a),
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
  /** The 8 bytes that lie there, then zeros. */
  loadLow64: load(0x5d),
  store: (at: Code, value: Code): Code => [
    ...at,
    ...value,
    ...vector(0x0b),
    0x00,
    0x00,
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
