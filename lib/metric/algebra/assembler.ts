/**
 * As much of WebAssembly's binary format as two inner loops need: functions of
 * 32-bit addresses and counts, over pairs of float64 in imported memory.
 *
 * The format is that of the WebAssembly core specification, release 3.0,
 * sections 5.3 to 5.5.
 */

/** Bytes of code. */
export type Code = readonly number[];

/** Instructions by what they do. */
export const INSTRUCTIONS = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  /** Sets a local and leaves the value. */
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  /** A number below 64. */
  small: (value: number): Code => [0x41, value],
  addInteger: [0x6a],
  subtractInteger: [0x6b],
  loop: [0x03, 0x40],
  /** Goes to the start of the loop where the number is not zero. */
  again: [0x0d, 0],
  end: [0x0b],
  /** The pair at an address. */
  load: (offset: number): Code => [0xfd, 0x00, 3, ...unsigned(offset)],
  /** The number at an address, twice. */
  loadTwice: (offset: number): Code => [0xfd, 0x0a, 3, ...unsigned(offset)],
  store: (offset: number): Code => [0xfd, 0x0b, 3, ...unsigned(offset)],
  add: [0xfd, 0xf0, 1],
  /** a b + c: rounded once where the processor can, else twice. */
  multiplyAdd: [0xfd, 0x87, 2],
} as const;

/** A function of integers without a result. */
export interface AssembledFunction {
  readonly name: string;
  /** Integers that it takes, its first locals. */
  readonly parameters: number;
  /** Pairs of float64, the locals after those. */
  readonly pairs: number;
  readonly code: readonly Code[];
}

const INTEGER = 0x7f;
const PAIR = 0x7b;
/** Kinds of what is imported and exported. */
const FUNCTION = 0, MEMORY = 2;

/** A module that imports `env.memory` and exports the functions. */
export function assemble(
  functions: readonly AssembledFunction[],
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(Array.from({ length: parameters }, () => [INTEGER])),
    ...list([]),
  ]);
  const memory = [...text("env"), ...text("memory"), MEMORY, 0, 1];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [memory]),
    ...section(3, functions.map((_, index) => unsigned(index))),
    ...section(
      7,
      functions.map(({ name }, index) => [
        ...text(name),
        FUNCTION,
        ...unsigned(index),
      ]),
    ),
    ...section(10, functions.map(body)),
  ]);
}

function body({ pairs, code }: AssembledFunction): Code {
  const locals = list([[...unsigned(pairs), PAIR]]);
  const bytes = [...locals, ...code.flat(), ...INSTRUCTIONS.end];
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, entries: readonly Code[]): Code {
  const bytes = list(entries);
  return [id, ...unsigned(bytes.length), ...bytes];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function text(value: string): Code {
  return list([...new TextEncoder().encode(value)].map((byte) => [byte]));
}

/** A number in LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): Code {
  return value < 128
    ? [value]
    : [value % 128 + 128, ...unsigned(Math.floor(value / 128))];
}
