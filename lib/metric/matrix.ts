/** A dense row-major float64 matrix on the host. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Edge of the square blocks that keep two operands in the first cache. */
const BLOCK = 48;

/** A matrix of zeros. */
export function zeroMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns) };
}

/** The transpose. */
export function transpose(a: Matrix): Matrix {
  const result = zeroMatrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) {
      result.data[j * a.rows + i] = a.data[i * a.columns + j]!;
    }
  }
  return result;
}

/** Sum of the diagonal. */
export function trace(a: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.data[i * a.columns + i]!;
  return sum;
}

/**
 * `a bᵀ`: every row of `a` times every row of `b`, in blocks.
 *
 * @throws {TypeError} when the rows have different lengths
 */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.columns) {
    throw new TypeError(
      `Cannot multiply matrices: rows have ${a.columns} and ${b.columns} columns`,
    );
  }
  const result = zeroMatrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i += BLOCK) {
    for (let j = 0; j < b.rows; j += BLOCK) {
      multiplyBlock({ a, b, result, rowOfA: i, rowOfB: j });
    }
  }
  return result;
}

interface Block {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly result: Matrix;
  readonly rowOfA: number;
  readonly rowOfB: number;
}

function multiplyBlock({ a, b, result, rowOfA, rowOfB }: Block): void {
  const endA = Math.min(rowOfA + BLOCK, a.rows);
  const endB = Math.min(rowOfB + BLOCK, b.rows);
  for (let i = rowOfA; i < endA; i++) {
    for (let j = rowOfB; j < endB; j++) {
      result.data[i * b.rows + j] = dot(a.data, b.data, {
        startA: i * a.columns,
        startB: j * b.columns,
        length: a.columns,
      });
    }
  }
}

/** Sum of the products of two runs of numbers. */
export function dot(
  a: Float64Array,
  b: Float64Array,
  { startA, startB, length }: {
    readonly startA: number;
    readonly startB: number;
    readonly length: number;
  },
): number {
  // Four sums break the chain of dependent additions.
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += a[startA + k]! * b[startB + k]!;
    s1 += a[startA + k + 1]! * b[startB + k + 1]!;
    s2 += a[startA + k + 2]! * b[startB + k + 2]!;
    s3 += a[startA + k + 3]! * b[startB + k + 3]!;
  }
  for (; k < length; k++) s0 += a[startA + k]! * b[startB + k]!;
  return s0 + s1 + s2 + s3;
}
