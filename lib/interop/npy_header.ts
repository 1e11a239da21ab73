import { type Fail, quoted } from "./checkpoint_error.ts";

/** First bytes of an array file. */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** Bytes of magic, version, and the header's length in either width. */
const START_BYTES = { 1: 10, 2: 12, 3: 12 } as const;

/** Most bytes before an array's numbers: NumPy needs some hundred. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** Most axes, as NumPy has them. */
const MAX_AXES = 32;

/** Element types that are read, by what headers call them. */
const DTYPES = {
  "|u1": { name: "u8", bytes: 1 },
  "<i4": { name: "i32", bytes: 4 },
  "<i8": { name: "i64", bytes: 8 },
  "<f4": { name: "f32", bytes: 4 },
  "<f8": { name: "f64", bytes: 8 },
} as const;

/** Element type of an array. */
export type NpyDType = typeof DTYPES[keyof typeof DTYPES]["name"];

/** What an array file says of its numbers. */
export interface NpyHeader {
  readonly dtype: NpyDType;
  /** Bytes of one number. */
  readonly elementBytes: number;
  readonly shape: readonly number[];
  /** Whether the first axis is the one whose numbers lie together. */
  readonly columnMajor: boolean;
  /** Where the numbers begin. */
  readonly dataAt: number;
}

/**
 * Reads the header of a NumPy array file, format versions 1 to 3.
 *
 * The header is a Python dictionary of exactly three keys, which is read by its
 * letters: nothing of it is run.
 *
 * @param start the first bytes of the file
 * @param size bytes of the whole file, which must be those of the header and of
 *   the numbers that it announces
 */
export function parseNpyHeader(
  start: Uint8Array,
  { size, fail }: { readonly size: number; readonly fail: Fail },
): NpyHeader {
  if (!MAGIC.every((byte, at) => start[at] === byte)) {
    throw fail("it is no NumPy array");
  }
  const version = start[6];
  if (version === undefined) throw fail("it ends within its header");
  if (version !== 1 && version !== 2 && version !== 3) {
    throw fail(`its format is version ${version}, expected 1 to 3`);
  }
  const textAt = START_BYTES[version];
  if (start.length < textAt) throw fail("it ends inside its header");
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const length = version === 1
    ? view.getUint16(8, true)
    : view.getUint32(8, true);
  const dataAt = textAt + length;
  if (!(dataAt <= start.length)) {
    throw fail(
      `its header has ${length} bytes, expected at most ` +
        `${Math.min(size, MAX_HEADER_BYTES) - textAt}`,
    );
  }
  const text = new TextDecoder().decode(start.subarray(textAt, dataAt));
  const header = { ...parseDictionary(text, fail), dataAt };
  const { shape, elementBytes } = header;
  const expected = shape.reduce((product, axis) => product * axis, 1) *
    elementBytes;
  if (dataAt + expected === size) return header;
  throw fail(
    `it has ${size - dataAt} bytes of numbers, its shape [${shape}] ` +
      `needs ${expected}`,
  );
}

/** A key with its value, and what follows up to the next one. */
const ITEM =
  /^\s*(['"])(descr|fortran_order|shape)\1\s*:\s*((['"])[^'"]*\4|True|False|\([^()]*\))\s*(,|$)/;

function parseDictionary(
  text: string,
  fail: Fail,
): Omit<NpyHeader, "dataAt"> {
  const values = new Map<string, string>();
  const inner = /^\{([^{}]*)\}\s*$/.exec(text)?.[1];
  let rest = inner ?? "";
  for (let item = ITEM.exec(rest); item !== null; item = ITEM.exec(rest)) {
    if (values.has(item[2]!)) throw fail(`its header says ${item[2]} twice`);
    values.set(item[2]!, item[3]!);
    rest = rest.slice(item[0].length);
  }
  if (inner === undefined || values.size !== 3 || rest.trim() !== "") {
    throw fail(
      `its header is ${quoted(text.trim())}, expected a dictionary of descr, ` +
        "fortran_order and shape",
    );
  }
  const dtype = dtypeOf(values.get("descr")!, fail);
  const shape = shapeOf(values.get("shape")!, fail);
  const columnMajor = values.get("fortran_order") === "True";
  if (!columnMajor && values.get("fortran_order") !== "False") {
    throw fail("its header's fortran_order is neither True nor False");
  }
  return { ...dtype, shape, columnMajor: columnMajor && shape.length > 1 };
}

function dtypeOf(
  text: string,
  fail: Fail,
): { readonly dtype: NpyDType; readonly elementBytes: number } {
  const descr = text.slice(1, -1);
  const known = Object.entries(DTYPES).find(([name]) => name === descr)?.[1];
  if (known !== undefined) {
    return { dtype: known.name, elementBytes: known.bytes };
  }
  const pickled = /^[|<>=]?O/.test(descr) ? ", pickled Python objects" : "";
  throw fail(
    `its numbers are ${quoted(descr)}${pickled}, expected one of ` +
      Object.keys(DTYPES).join(", "),
  );
}

function shapeOf(text: string, fail: Fail): readonly number[] {
  const inner = /^\(\s*((?:\d{1,15}\s*,\s*)*(?:\d{1,15})?)\s*\)$/.exec(text)
    ?.[1];
  const shape = inner?.split(",").map((axis) => axis.trim())
    .filter((axis) => axis !== "").map(Number);
  const numbers = shape?.reduce((product, axis) => product * axis, 1) ?? NaN;
  if (
    shape !== undefined && shape.length <= MAX_AXES &&
    Number.isSafeInteger(numbers * 8)
  ) {
    return shape;
  }
  throw fail(`its header's shape is ${quoted(text)}, expected a few sizes`);
}
