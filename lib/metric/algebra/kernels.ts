import { assemble, type Code, INSTRUCTIONS } from "./assembler.ts";

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

/** Instantiates the loops over a memory. */
export function kernelsOver(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(assemble([addTile(), addRows()]));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as Kernels;
}

let compiled: WebAssembly.Module | undefined;

const {
  get,
  set,
  tee,
  small,
  load,
  loadTwice,
  store,
  add,
  multiplyAdd,
  addInteger,
  subtractInteger,
  loop,
  again,
  end,
} = INSTRUCTIONS;

const ROWS = [0, 1, 2, 3] as const;
const HALVES = [0, 1] as const;

function addTile() {
  const [a, b, count, c, stride] = [0, 1, 2, 3, 4];
  const sum = (row: number, half: number) => 5 + 2 * row + half;
  const right = (half: number) => 13 + half;
  const left = 15;
  return {
    name: "addTile",
    parameters: 5,
    pairs: 11,
    code: [
      loop,
      ...HALVES.flatMap((half) => [
        get(b),
        load(PAIR_BYTES * half),
        set(right(half)),
      ]),
      ...ROWS.flatMap((row) => [
        get(a),
        loadTwice(FLOAT_BYTES * row),
        set(left),
        ...HALVES.flatMap((half) =>
          addProduct(sum(row, half), left, right(half))
        ),
      ]),
      ...advance(a, 2 * PAIR_BYTES),
      ...advance(b, 2 * PAIR_BYTES),
      ...countDown(count),
      end,
      ...ROWS.flatMap((row) => [
        ...HALVES.flatMap((half) => [
          get(c),
          get(c),
          load(PAIR_BYTES * half),
          get(sum(row, half)),
          add,
          store(PAIR_BYTES * half),
        ]),
        get(c),
        get(stride),
        addInteger,
        set(c),
      ]),
    ],
  };
}

function addRows() {
  const row = (index: number) => index;
  const [x, y, scalars, pairs] = [4, 5, 6, 7];
  const scalar = (index: number) => 8 + index;
  const dot = (index: number) => 12 + index;
  const [xs, ys, entries] = [16, 17, 18];
  return {
    name: "addRows",
    parameters: 8,
    pairs: 11,
    code: [
      ...ROWS.flatMap((r) => [
        get(scalars),
        loadTwice(FLOAT_BYTES * r),
        set(scalar(r)),
      ]),
      loop,
      ...[get(x), load(0), set(xs), get(y), load(0), set(ys)],
      ...ROWS.flatMap((r) => [
        ...[get(row(r)), load(0), set(entries)],
        ...addProduct(dot(r), entries, xs),
        ...addProduct(ys, entries, scalar(r)),
        ...advance(row(r), PAIR_BYTES),
      ]),
      ...[get(y), get(ys), store(0)],
      ...advance(x, PAIR_BYTES),
      ...advance(y, PAIR_BYTES),
      ...countDown(pairs),
      end,
      ...ROWS.flatMap((r) => [
        get(scalars),
        get(dot(r)),
        store(4 * FLOAT_BYTES + PAIR_BYTES * r),
      ]),
    ],
  };
}

/** sum += a b, all pairs. */
function addProduct(sum: number, a: number, b: number): Code[] {
  return [get(a), get(b), get(sum), multiplyAdd, set(sum)];
}

function advance(address: number, bytes: number): Code[] {
  return [get(address), small(bytes), addInteger, set(address)];
}

/** Ends a loop's body: once more unless the count came to zero. */
function countDown(count: number): Code[] {
  return [get(count), small(1), subtractInteger, tee(count), again];
}
