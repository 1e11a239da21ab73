import type { Matrix } from "./matrix.ts";
import type { Team } from "./team.ts";
import { type Tridiagonal, tridiagonalise } from "./tridiagonal.ts";

/** A tridiagonal matrix on the way to its eigenvalues, its largest entry near 1. */
interface Spectrum {
  readonly diagonal: Float64Array;
  /** Squares of the entries beside the diagonal. */
  readonly squares: Float64Array;
}

/** QL converges in two or three sweeps a value; 60 means a defect. */
const MAX_SWEEPS = 60;

/** Far below the rounding of the largest entry: as good as zero. */
const NEGLIGIBLE = Number.EPSILON ** 2;

/**
 * Eigenvalues of a symmetric matrix in ascending order, without the vectors.
 *
 * Householder reduction to tridiagonal form (Golub and Van Loan, "Matrix
 * Computations", section 8.3.1), then QL without roots by Pal, Walker and Kahan,
 * with Wilkinson's shift (Parlett, "The Symmetric Eigenvalue Problem", section
 * 8.15). The shift is taken from every entry of the diagonal: taken from the
 * largest alone it is lost where small values are less than its rounding, and
 * covariances of many features have such.
 */
export function symmetricEigenvalues(a: Matrix, team?: Team): Float64Array {
  const matrix = smallFirst(tridiagonalise(a, team));
  const scale = scaleOf(matrix);
  const spectrum = {
    diagonal: matrix.diagonal.map((entry) => entry / scale),
    squares: matrix.offDiagonal.map((entry) => (entry / scale) ** 2),
  };
  const { diagonal } = spectrum;
  for (let low = 0; low < diagonal.length; low++) convergeAt(low, spectrum);
  return diagonal.map((value) => value * scale).sort();
}

/**
 * The same matrix from its other end, where the entries are small: QL finds the
 * first values first, and small ones below large ones hold it up.
 */
function smallFirst(matrix: Tridiagonal): Tridiagonal {
  const { diagonal, offDiagonal } = matrix;
  const last = diagonal.length - 1;
  if (Math.abs(diagonal[0] ?? 0) <= Math.abs(diagonal[last] ?? 0)) {
    return matrix;
  }
  return {
    diagonal: diagonal.toReversed(),
    offDiagonal: Float64Array.of(
      ...offDiagonal.subarray(0, last).toReversed(),
      0,
    ),
  };
}

/** A power of two near the largest entry, so that squares neither vanish nor overflow. */
function scaleOf({ diagonal, offDiagonal }: Tridiagonal): number {
  let largest = 0;
  for (const entry of [...diagonal, ...offDiagonal]) {
    largest = Math.max(largest, Math.abs(entry));
  }
  return largest === 0 ? 1 : 2 ** Math.floor(Math.log2(largest));
}

/** Sweeps until the entry below `low` is negligible: diagonal[low] is final. */
function convergeAt(low: number, t: Spectrum): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const high = endOfBlock(low, t);
    if (high === low) return;
    qlSweep({ low, high, t });
  }
  throw new RangeError(
    `Cannot find eigenvalue ${low}: no convergence in ${MAX_SWEEPS} sweeps`,
  );
}

function endOfBlock(low: number, { diagonal, squares }: Spectrum): number {
  let end = low;
  for (; end < diagonal.length - 1; end++) {
    const size = Math.abs(diagonal[end]!) + Math.abs(diagonal[end + 1]!);
    const limit = Math.max(Number.EPSILON * size, NEGLIGIBLE);
    if (squares[end]! <= limit * limit) break;
  }
  return end;
}

/** One QL sweep over a block, from `high` to `low`, by squares of its rotations. */
function qlSweep(
  { low, high, t }: { low: number; high: number; t: Spectrum },
): void {
  const { diagonal: d, squares } = t;
  const shift = wilkinsonShift(low, t);
  let cosine = 1, sine = 0; // both squared
  let gamma = d[high]! - shift;
  let p = gamma * gamma;
  for (let i = high - 1; i >= low; i--) {
    const square = squares[i]!;
    const radius = p + square;
    if (i < high - 1) squares[i + 1] = sine * radius;
    const [lastCosine, lastGamma] = [cosine, gamma];
    cosine = p / radius;
    sine = square / radius;
    gamma = cosine * (d[i]! - shift) - sine * lastGamma;
    d[i + 1] = lastGamma + (d[i]! - gamma);
    p = cosine === 0 ? lastCosine * square : gamma * gamma / cosine;
  }
  squares[low] = sine * p;
  d[low] = shift + gamma;
}

/** The eigenvalue of the leading 2 by 2 block that is nearer its first entry. */
function wilkinsonShift(low: number, { diagonal, squares }: Spectrum): number {
  const a = diagonal[low]!, b = diagonal[low + 1]!, square = squares[low]!;
  const half = (b - a) / 2;
  const root = Math.sqrt(half * half + square);
  return a - square / (half + (half >= 0 ? root : -root));
}
