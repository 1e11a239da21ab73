import type { Matrix } from "./matrix.ts";

/** Diagonal and first off-diagonal of a symmetric tridiagonal matrix. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i joins i and i + 1; the last entry is unused and zero. */
  readonly offDiagonal: Float64Array;
  /** Entries up to this size are as good as zero beside the largest. */
  readonly negligible: number;
}

/** Implicit QL converges in two or three sweeps a value; 60 means a defect. */
const MAX_SWEEPS = 60;

/** Below this, products with the machine epsilon lose their digits. */
const UNDERFLOW = 2 ** -960;

/**
 * Eigenvalues of a symmetric matrix in ascending order, without the vectors.
 *
 * Householder reduction to tridiagonal form, then implicit QL with Wilkinson's
 * shift (Golub and Van Loan, "Matrix Computations", sections 8.3.1 and 8.3.3).
 */
export function symmetricEigenvalues(a: Matrix): Float64Array {
  const tridiagonal = tridiagonalise(a);
  const { diagonal } = tridiagonal;
  for (let low = 0; low < diagonal.length; low++) convergeAt(low, tridiagonal);
  return diagonal.sort();
}

/** Golub and Van Loan, algorithm 8.3.1, on a full copy of the matrix. */
function tridiagonalise(matrix: Matrix): Tridiagonal {
  const n = matrix.rows;
  const a = Float64Array.from(matrix.data);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    const { beta, norm } = householder({ a, n, k, v });
    offDiagonal[k] = norm;
    if (beta !== 0) rankTwoUpdate({ a, n, k, v, w, beta });
  }
  if (n > 1) offDiagonal[n - 2] = a[(n - 1) * n + n - 2]!;
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  let largest = 0;
  for (const entry of [...diagonal, ...offDiagonal]) {
    largest = Math.max(largest, Math.abs(entry));
  }
  // Far below the rounding of the largest entry; without it entries near the
  // smallest float would be swept for ever.
  const negligible = Math.max(Number.EPSILON ** 2 * largest, UNDERFLOW);
  return { diagonal, offDiagonal, negligible };
}

interface Reflection {
  readonly a: Float64Array;
  readonly n: number;
  readonly k: number;
  readonly v: Float64Array;
}

/** Writes v with (I - beta v vᵀ) x = norm e1, x the part of row k right of k. */
function householder(
  { a, n, k, v }: Reflection,
): { beta: number; norm: number } {
  let scale = 0;
  for (let j = k + 1; j < n; j++) scale += Math.abs(a[k * n + j]!);
  if (scale === 0) return { beta: 0, norm: 0 };
  let sum = 0;
  for (let j = k + 1; j < n; j++) {
    v[j] = a[k * n + j]! / scale;
    sum += v[j]! * v[j]!;
  }
  // The sign that adds up keeps v[k + 1] free of cancellation.
  const norm = v[k + 1]! > 0 ? -Math.sqrt(sum) : Math.sqrt(sum);
  const beta = 1 / (sum - v[k + 1]! * norm);
  v[k + 1]! -= norm;
  return { beta, norm: norm * scale };
}

/** A -= v wᵀ + w vᵀ on the rows and columns after k. */
function rankTwoUpdate(
  { a, n, k, v, w, beta }: Reflection & { w: Float64Array; beta: number },
): void {
  let inner = 0;
  for (let i = k + 1; i < n; i++) {
    let sum = 0;
    const row = i * n;
    for (let j = k + 1; j < n; j++) sum += a[row + j]! * v[j]!;
    w[i] = beta * sum;
    inner += w[i]! * v[i]!;
  }
  const shift = beta * inner / 2;
  for (let i = k + 1; i < n; i++) w[i]! -= shift * v[i]!;
  for (let i = k + 1; i < n; i++) {
    const row = i * n, vi = v[i]!, wi = w[i]!;
    for (let j = k + 1; j < n; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** Sweeps until the entry below `low` is negligible: diagonal[low] is final. */
function convergeAt(low: number, t: Tridiagonal): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const high = endOfBlock(low, t);
    if (high === low) return;
    qlSweep({ low, high, t });
  }
  throw new RangeError(
    `Cannot find eigenvalue ${low}: no convergence in ${MAX_SWEEPS} sweeps`,
  );
}

function endOfBlock(
  low: number,
  { diagonal, offDiagonal, negligible }: Tridiagonal,
): number {
  let end = low;
  for (; end < diagonal.length - 1; end++) {
    const size = Math.abs(diagonal[end]!) + Math.abs(diagonal[end + 1]!);
    const limit = Math.max(Number.EPSILON * size, negligible);
    if (Math.abs(offDiagonal[end]!) <= limit) break;
  }
  return end;
}

/** One implicit QL sweep: a bulge beside the band is chased up to `low`. */
function qlSweep(
  { low, high, t }: { low: number; high: number; t: Tridiagonal },
): void {
  const { diagonal: d, offDiagonal: e } = t;
  let x = d[high]! - wilkinsonShift(low, t);
  let bulge = e[high - 1]!;
  for (let i = high - 1; i >= low; i--) {
    const radius = Math.hypot(x, bulge);
    const cosine = radius === 0 ? 1 : x / radius;
    const sine = radius === 0 ? 0 : bulge / radius;
    if (i < high - 1) e[i + 1] = radius;
    // The rotation of rows and columns i and i + 1.
    const upper = d[i]!, lower = d[i + 1]!, edge = e[i]!;
    const cc = cosine * cosine, ss = sine * sine, cs = cosine * sine;
    d[i + 1] = cc * lower + 2 * cs * edge + ss * upper;
    d[i] = ss * lower - 2 * cs * edge + cc * upper;
    e[i] = cs * (upper - lower) + (cc - ss) * edge;
    x = e[i]!;
    if (i > low) {
      bulge = sine * e[i - 1]!;
      e[i - 1]! *= cosine;
    }
  }
}

/** The eigenvalue of the leading 2 by 2 block that is nearer its first entry. */
function wilkinsonShift(low: number, { diagonal, offDiagonal }: Tridiagonal) {
  const a = diagonal[low]!, b = diagonal[low + 1]!, e = offDiagonal[low]!;
  const half = (b - a) / 2;
  const root = Math.hypot(half, e);
  // Not e * e / …: the square of a tiny entry is zero, and nothing converges.
  return a - e * (e / (half + (half >= 0 ? root : -root)));
}
