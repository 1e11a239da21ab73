import {
  type Code,
  f64x2,
  i32,
  type Locals,
  repeatWhile,
  v128,
  type WasmFunction,
  wasmModule,
} from "../../wasm/mod.ts";

/** Rows and columns of the tile that one call of `addTile` adds to. */
export const TILE = 4;

/** Bytes of a float64, and of the pair that one instruction takes. */
export const FLOAT_BYTES = 8;
const PAIR_BYTES = 2 * FLOAT_BYTES;

/** Inner loops over a memory; addresses and strides are in bytes. */
export interface Kernels {
  /**
   * c[i, j] += sum over k of a[k, i] b[k, j], for a tile of 4 by 4.
   *
   * @param a address of [count, 4], `b` likewise
   * @param count at least 1
   * @param c address of the tile, whose rows are `stride` apart
   */
  addTile(a: number, b: number, count: number, c: number, stride: number): void;
  /**
   * Four rows of a matrix times a vector, and as columns of its transpose:
   * dots[r] = sum of a[r, j] x[j] in two parts, y[j] += sum of s[r] a[r, j].
   *
   * @param a addresses of the rows, `x` and `y` of the vectors
   * @param scalars address of s, and behind it of 4 pairs for the dots
   * @param pairs half the columns, at least 1
   */
  addRows(
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    x: number,
    y: number,
    scalars: number,
    pairs: number,
  ): void;
}

/** Instantiates the loops over a shared memory. */
export function kernelsOver(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(
    wasmModule([ADD_TILE, ADD_ROWS], { memory: "shared" }),
  );
  const { exports } = new WebAssembly.Instance(compiled, { host: { memory } });
  return exports as unknown as Kernels;
}

let compiled: WebAssembly.Module | undefined;

const ROWS = [0, 1, 2, 3] as const;
const HALVES = [0, 1] as const;

const ADD_TILE: WasmFunction = {
  name: "addTile",
  parameters: ["a", "b", "count", "c", "stride"],
  variables: {
    i32: [],
    v128: [
      ...ROWS.flatMap((row) => HALVES.map((half) => `sum${row}${half}`)),
      ...HALVES.map((half) => `right${half}`),
      "left",
    ],
  },
  body(local) {
    const { get, set } = local;
    const addProducts = [
      ...HALVES.flatMap((half) =>
        set(`right${half}`, v128.load(get("b"), PAIR_BYTES * half))
      ),
      ...ROWS.flatMap((row) => [
        ...set("left", v128.loadSplat64(get("a"), FLOAT_BYTES * row)),
        ...HALVES.flatMap((half) =>
          addProduct(local, `sum${row}${half}`, ["left", `right${half}`])
        ),
      ]),
      ...advance(local, "a", 2 * PAIR_BYTES),
      ...advance(local, "b", 2 * PAIR_BYTES),
      ...countDown(local, "count"),
    ];
    const addToRow = (row: number) => [
      ...HALVES.flatMap((half) => {
        const offset = PAIR_BYTES * half;
        const before = v128.load(get("c"), offset);
        const sum = f64x2.add(before, get(`sum${row}${half}`));
        return v128.store(get("c"), sum, offset);
      }),
      ...set("c", i32.add(get("c"), get("stride"))),
    ];
    return [
      ...repeatWhile(addProducts, get("count")),
      ...ROWS.flatMap(addToRow),
    ];
  },
};

const ADD_ROWS: WasmFunction = {
  name: "addRows",
  parameters: ["row0", "row1", "row2", "row3", "x", "y", "scalars", "pairs"],
  variables: {
    i32: [],
    v128: [
      ...ROWS.map((row) => `scalar${row}`),
      ...ROWS.map((row) => `dot${row}`),
      "xs",
      "ys",
      "entries",
    ],
  },
  body(local) {
    const { get, set } = local;
    const addPairs = [
      ...set("xs", v128.load(get("x"))),
      ...set("ys", v128.load(get("y"))),
      ...ROWS.flatMap((row) => [
        ...set("entries", v128.load(get(`row${row}`))),
        ...addProduct(local, `dot${row}`, ["entries", "xs"]),
        ...addProduct(local, "ys", ["entries", `scalar${row}`]),
        ...advance(local, `row${row}`, PAIR_BYTES),
      ]),
      ...v128.store(get("y"), get("ys")),
      ...advance(local, "x", PAIR_BYTES),
      ...advance(local, "y", PAIR_BYTES),
      ...countDown(local, "pairs"),
    ];
    return [
      ...ROWS.flatMap((row) => {
        const scalar = v128.loadSplat64(get("scalars"), FLOAT_BYTES * row);
        return set(`scalar${row}`, scalar);
      }),
      ...repeatWhile(addPairs, get("pairs")),
      ...ROWS.flatMap((row) => {
        const offset = 4 * FLOAT_BYTES + PAIR_BYTES * row;
        return v128.store(get("scalars"), get(`dot${row}`), offset);
      }),
    ];
  },
};

/** sum += a b, all pairs. */
function addProduct(
  { get, set }: Locals,
  sum: string,
  [a, b]: readonly [string, string],
): Code {
  return set(sum, f64x2.multiplyAdd(get(a), get(b), get(sum)));
}

function advance({ get, set }: Locals, address: string, bytes: number): Code {
  return set(address, i32.add(get(address), i32.constant(bytes)));
}

function countDown({ get, set }: Locals, count: string): Code {
  return set(count, i32.subtract(get(count), i32.constant(1)));
}
