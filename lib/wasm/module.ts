/** Bytes of instructions. */
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

const I32 = 0x7f, V128 = 0x7b, END = 0x0b;

/** An unsigned number in LEB128, or a signed one: seven bits a byte, the lowest first. */
export function leb(value: number, { signed = false } = {}): Code {
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

/** Limits of an imported memory: a page or more, a shared one up to 4 GiB. */
const LIMITS = {
  own: [0x00, ...leb(1)],
  shared: [0x03, ...leb(1), ...leb(65536)],
};

/**
 * A module that imports its memory as `host.memory` and exports its functions.
 *
 * @param memory whether threads share it
 */
export function wasmModule(
  functions: readonly WasmFunction[],
  { memory: sharing = "own" }: { readonly memory?: keyof typeof LIMITS } = {},
): Uint8Array<ArrayBuffer> {
  const section = (id: number, bytes: Code) => [id, ...sized(bytes)];
  const types = functions.map((
    { parameters },
  ) => [0x60, ...list(parameters.map(() => [I32])), ...list([])]);
  const memory = [
    ...[...text("host"), ...text("memory"), 0x02],
    ...LIMITS[sharing],
  ];
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
