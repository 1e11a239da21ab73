import {
  add,
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  mul,
  program,
  reshape,
  sub,
} from "../../tensor/mod.ts";
import { type Features, rowsFrom } from "../features.ts";

/**
 * Most rows of a block on either side. Those of the one side stay on the engine
 * for as long as those of the other pass, which are fewer for that.
 */
const ROWS = 4096;
const COLUMNS = 1024;

/** Rounding of a float32. */
const HALF_ULP = 2 ** -24;

/** Roundings of an entry besides those of its sum: of inputs and of norms. */
const OTHER_ROUNDINGS = 16;

/** Features beside what distances between them need. */
export interface Side {
  readonly features: Features;
  /** Squared lengths of the rows. */
  readonly norms: Float64Array;
  /**
   * What a row adds to the error of its squared distances: however a product of
   * d terms is summed in float32, its error is at most d half ulps of the sum
   * of the terms' sizes (Higham, "Accuracy and Stability of Numerical
   * Algorithms", section 3.1), and twice that sum at most the norms.
   */
  readonly errors: Float64Array;
}

/** Prepares features for distances. */
export function sideOf(features: Features): Side {
  const { rows, columns, data } = features;
  const norms = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) sum += data[k]! ** 2;
    norms[i] = sum;
  }
  const relative = (columns + OTHER_ROUNDINGS) * HALF_ULP;
  const errors = norms.map((norm) => norm * relative);
  return { features, norms, errors };
}

/** Squared distance of row `i` of `a` to row `j` of `b`, in float64. */
export function exactDistance(
  { a, b }: { readonly a: Features; readonly b: Features },
  i: number,
  j: number,
): number {
  const { columns, data } = a;
  const [startA, startB] = [i * columns, j * columns];
  let even = 0, odd = 0;
  let k = 0;
  for (; k + 1 < columns; k += 2) {
    const first = data[startA + k]! - b.data[startB + k]!;
    const second = data[startA + k + 1]! - b.data[startB + k + 1]!;
    even += first * first;
    odd += second * second;
  }
  if (k < columns) even += (data[startA + k]! - b.data[startB + k]!) ** 2;
  return even + odd;
}

/** Approximate squared distances of some rows of `a` to some of `b`. */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
  /**
   * Distance of row `firstRow + i` to row `firstColumn + j` at
   * `i * stride + j`; off by no more than both rows' errors.
   */
  readonly distances: ArrayLike<number>;
  readonly stride: number;
}

/** What long work tells of itself, and what stops it. */
export interface Watch {
  /** Told after each block how many pairs it held. */
  readonly onPairs?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** Two sets whose rows are compared, each with each. */
export interface Pairs {
  readonly a: Side;
  readonly b: Side;
  /** Whether `a` is `b`: only blocks on and above the diagonal are made. */
  readonly symmetric?: boolean;
}

/**
 * Squared distances between all rows of two sets, block by block, as
 * |a|² + |b|² - 2 a·b with the products on an engine, which works on the next
 * block while the caller looks at one.
 */
export async function* distanceBlocks(
  engine: Engine,
  { a, b, symmetric = false }: Pairs,
  { onPairs, signal }: Watch = {},
): AsyncGenerator<Block> {
  const rows = Math.min(ROWS, a.features.rows);
  const stride = Math.min(COLUMNS, b.features.rows);
  const width = a.features.columns;
  const executable = await compile(engine, { rows, columns: stride, width });
  try {
    for (let i = 0; i < a.features.rows; i += rows) {
      const left = await uploadSlab(engine, a, { start: i, rows });
      const right = {
        side: b,
        first: symmetric ? i - i % stride : 0,
        columns: stride,
      };
      const count = Math.min(rows, a.features.rows - i);
      const passing = { executable, left, right };
      for await (const { start, data } of pass(engine, passing, signal)) {
        const columns = Math.min(stride, b.features.rows - start);
        yield {
          firstRow: i,
          rows: count,
          firstColumn: start,
          columns,
          distances: data,
          stride,
        };
        onPairs?.(count * columns);
      }
    }
  } finally {
    engine.dispose(executable);
  }
}

/** Rows of the one side on the engine, and of the other that pass them. */
interface Passing {
  readonly executable: Executable;
  readonly left: Slab<DeviceTensor>;
  readonly right: {
    readonly side: Side;
    readonly first: number;
    /** Rows of a block. */
    readonly columns: number;
  };
}

/** Distances of the rows on the engine to those that pass, which end there. */
async function* pass(
  engine: Engine,
  { executable, left, right: { side, first, columns } }: Passing,
  signal: AbortSignal | undefined,
): AsyncGenerator<
  { readonly start: number; readonly data: Block["distances"] }
> {
  const run = (start: number) => {
    const right = slab(side, { start, rows: columns });
    const inputs = {
      ...{ a: left.rows, a_norms: left.norms },
      ...{ b: right.rows, b_norms: right.norms },
    };
    const outputs = engine.run(executable, { inputs });
    // Who waits for it will hear of a failure.
    outputs.catch(() => {});
    return outputs;
  };
  const end = side.features.rows;
  let running = run(first);
  try {
    for (let start = first; start < end; start += columns) {
      signal?.throwIfAborted();
      const { distances } = await running;
      const { data } = await engine.download(distances!);
      if (start + columns < end) running = run(start + columns);
      yield { start, data };
    }
  } finally {
    await Promise.allSettled([running]);
    for (const tensor of Object.values(left)) engine.dispose(tensor);
  }
}

function compile(
  engine: Engine,
  { rows, columns, width }: {
    readonly rows: number;
    readonly columns: number;
    readonly width: number;
  },
): Promise<Executable> {
  const inputs = {
    a: input("a", [rows, width]),
    b: input("b", [columns, width]),
    a_norms: input("a_norms", [rows]),
    b_norms: input("b_norms", [columns]),
  };
  const products = matmul(inputs.a, inputs.b, { transposeB: true });
  const norms = add(
    reshape(inputs.a_norms, [rows, 1]),
    reshape(inputs.b_norms, [1, columns]),
  );
  const outputs = { distances: sub(norms, mul(products, 2)) };
  return engine.compile(program("distances", { inputs, outputs }));
}

/** Some rows of a side. */
interface Slab<T> {
  readonly rows: T;
  readonly norms: T;
}

/** Rows of a side for a run; behind the last one are zeros. */
function slab(
  { features, norms }: Side,
  { start, rows }: { readonly start: number; readonly rows: number },
): Slab<HostTensor> {
  const lengths = new Float32Array(rows);
  lengths.set(norms.subarray(start, start + rows));
  return {
    rows: rowsFrom(features, { start, rows }),
    norms: hostTensor("f32", [rows], lengths),
  };
}

/** The same on the engine. */
async function uploadSlab(
  engine: Engine,
  side: Side,
  range: { readonly start: number; readonly rows: number },
): Promise<Slab<DeviceTensor>> {
  const { rows, norms } = slab(side, range);
  return {
    rows: await engine.upload(rows),
    norms: await engine.upload(norms),
  };
}
