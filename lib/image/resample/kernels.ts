import {
  type Code,
  i16x8,
  i32,
  i32x4,
  i8x16,
  type Locals,
  v128,
  type WasmFunction,
  whileLoop,
} from "../../wasm/mod.ts";
import { PRECISION_BITS } from "./taps.ts";

/**
 * A weight is `high * 2^LOW_BITS + low`, both of which fit 16 bits, so that
 * products of two taps are one instruction, and exact.
 */
export const LOW_BITS = 11;

/** Bytes that a place's first input and count of pairs of taps take. */
export const HEAD_BYTES = 8;

/** Bytes that the weights of a pair of taps take: two low parts, two high ones. */
export const PAIR_BYTES = 8;

/** Rows that the pass over columns takes at once. */
export const ROWS_AT_ONCE = 4;

const ROWS = [0, 1, 2, 3] as const;
const QUARTERS = [0, 1, 2, 3] as const;

/** Adds the products of pairs of values with low and high weights. */
function accumulate({ get, set }: Locals, which: number, pairs: Code): Code {
  const [low, high] = [`low${which}`, `high${which}`];
  return [
    ...set("pairs", pairs),
    ...set(low, i32x4.add(get(low), i32x4.dot(get("pairs"), get("lows")))),
    ...set(high, i32x4.add(get(high), i32x4.dot(get("pairs"), get("highs")))),
  ];
}

/** Starts sums: a half, so that they are rounded. */
function startSums({ set }: Locals): Code {
  const half = i32x4.splat(i32.constant(2 ** (PRECISION_BITS - 1)));
  return ROWS.flatMap((which) => [
    ...set(`low${which}`, half),
    ...set(`high${which}`, v128.zero),
  ]);
}

/** Sums without their fraction. */
function finished({ get }: Locals, which: number): Code {
  const high = i32x4.shiftLeft(get(`high${which}`), LOW_BITS);
  const sum = i32x4.add(get(`low${which}`), high);
  return i32x4.shiftRight(sum, PRECISION_BITS);
}

/** Runs through the pairs of taps of a place, whose weights lie at `weight`. */
function overPairs(local: Locals, each: Code): Code {
  const { get, set } = local;
  return [
    ...set(
      "last",
      i32.add(
        i32.add(get("tap"), i32.constant(HEAD_BYTES)),
        i32.multiply(i32.load(get("tap"), 4), i32.constant(PAIR_BYTES)),
      ),
    ),
    ...set("weight", i32.add(get("tap"), i32.constant(HEAD_BYTES))),
    ...whileLoop(i32.lessThan(get("weight"), get("last")), [
      ...set("lows", v128.loadSplat32(get("weight"))),
      ...set("highs", v128.loadSplat32(get("weight"), 4)),
      ...each,
      ...step(local, "weight", PAIR_BYTES),
    ]),
  ];
}

function step({ get, set }: Locals, name: string, by: number | Code): Code {
  const amount = typeof by === "number" ? i32.constant(by) : by;
  return set(name, i32.add(get(name), amount));
}

const VECTORS = [
  ...ROWS.flatMap((which) => [`low${which}`, `high${which}`]),
  ...["lows", "highs", "pairs", "first", "second"],
];

/** Red, green and blue of two neighbours, as pairs of i16. */
const NEIGHBOURS = [
  ...[0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16],
  ...[16, 16, 16, 16],
];

/**
 * Resamples four rows of RGB along the columns. A place's first input is in
 * bytes from the row's start; up to 4 bytes behind a row are written too.
 */
export const COLUMNS: WasmFunction = {
  name: "columns",
  parameters: [
    ...["source", "sourceStride", "out", "outStride"],
    ...["taps", "tapsEnd", "tapStride"],
  ],
  variables: {
    i32: ["tap", "last", "weight", "to", ...ROWS.map((row) => `at${row}`)],
    v128: VECTORS,
  },
  body(local) {
    const { get, set } = local;
    const rowAt = (base: string, row: number) =>
      i32.add(
        get(base),
        i32.multiply(get(`${base}Stride`), i32.constant(row)),
      );
    return [
      ...set("tap", get("taps")),
      ...set("to", i32.constant(0)),
      ...whileLoop(i32.lessThan(get("tap"), get("tapsEnd")), [
        ...startSums(local),
        ...ROWS.flatMap((row) =>
          set(`at${row}`, i32.add(rowAt("source", row), i32.load(get("tap"))))
        ),
        ...overPairs(
          local,
          ROWS.flatMap((row) => [
            ...accumulate(
              local,
              row,
              v128.shuffle(
                v128.loadLow64(get(`at${row}`)),
                v128.zero,
                NEIGHBOURS,
              ),
            ),
            ...step(local, `at${row}`, 6),
          ]),
        ),
        ...ROWS.flatMap((row) =>
          v128.storeLow32(
            i32.add(rowAt("out", row), get("to")),
            i8x16.narrow(
              i16x8.narrow(finished(local, row), v128.zero),
              v128.zero,
            ),
          )
        ),
        ...step(local, "tap", get("tapStride")),
        ...step(local, "to", 3),
      ]),
    ];
  },
};

/** Bytes of two vectors in turn, from the first on or from the middle. */
function interleaved(from: number): number[] {
  return Array.from({ length: 8 }, (_, i) => [from + i, from + i + 16]).flat();
}

/**
 * Resamples rows of bytes along the rows, 16 columns at once. A place's first
 * input is in bytes from the source; rows have whole vectors.
 */
export const ROWS_PASS: WasmFunction = {
  name: "rows",
  parameters: [
    ...["source", "sourceStride", "out", "outStride"],
    ...["taps", "tapsEnd", "tapStride"],
  ],
  variables: {
    i32: ["tap", "last", "weight", "x", "at"],
    v128: VECTORS,
  },
  body(local) {
    const { get, set } = local;
    const pairsOf = (quarter: number) => {
      const half = v128.shuffle(
        get("first"),
        get("second"),
        interleaved(quarter < 2 ? 0 : 8),
      );
      return quarter % 2 === 0
        ? i16x8.extendLowBytes(half)
        : i16x8.extendHighBytes(half);
    };
    const whole = i8x16.narrow(
      i16x8.narrow(finished(local, 0), finished(local, 1)),
      i16x8.narrow(finished(local, 2), finished(local, 3)),
    );
    return [
      ...set("tap", get("taps")),
      ...whileLoop(i32.lessThan(get("tap"), get("tapsEnd")), [
        ...set("x", i32.constant(0)),
        ...whileLoop(i32.lessThan(get("x"), get("outStride")), [
          ...startSums(local),
          ...set(
            "at",
            i32.add(i32.add(get("source"), i32.load(get("tap"))), get("x")),
          ),
          ...overPairs(local, [
            ...set("first", v128.load(get("at"))),
            ...step(local, "at", get("sourceStride")),
            ...set("second", v128.load(get("at"))),
            ...step(local, "at", get("sourceStride")),
            ...QUARTERS.flatMap((quarter) =>
              accumulate(local, quarter, pairsOf(quarter))
            ),
          ]),
          ...v128.store(i32.add(get("out"), get("x")), whole),
          ...step(local, "x", 16),
        ]),
        ...step(local, "out", get("outStride")),
        ...step(local, "tap", get("tapStride")),
      ]),
    ];
  },
};
