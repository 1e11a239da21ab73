import type { Matrix } from "./matrix.ts";
import type { Team } from "./team.ts";
import { type Tridiagonal, tridiagonalise } from "./tridiagonal.ts";

/** A tridiagonal matrix on the way to its eigenvalues. */
interface Spectrum extends Tridiagonal {
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
export function symmetricEigenvalues(a: Matrix, team?: Team): Float64Array {
  const spectrum = withLimit(smallFirst(tridiagonalise(a, team)));
  const { diagonal } = spectrum;
  for (let low = 0; low < diagonal.length; low++) convergeAt(low, spectrum);
  return diagonal.sort();
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

function withLimit({ diagonal, offDiagonal }: Tridiagonal): Spectrum {
  let largest = 0;
  for (const entry of [...diagonal, ...offDiagonal]) {
    largest = Math.max(largest, Math.abs(entry));
  }
  // Far below the rounding of the largest entry; without it entries near the
  // smallest float would be swept for ever.
  const negligible = Math.max(Number.EPSILON ** 2 * largest, UNDERFLOW);
  return { diagonal, offDiagonal, negligible };
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

function endOfBlock(
  low: number,
  { diagonal, offDiagonal, negligible }: Spectrum,
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
  { low, high, t }: { low: number; high: number; t: Spectrum },
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
function wilkinsonShift(low: number, { diagonal, offDiagonal }: Spectrum) {
  const a = diagonal[low]!, b = diagonal[low + 1]!, e = offDiagonal[low]!;
  const half = (b - a) / 2;
  const root = Math.hypot(half, e);
  // Not e * e / …: the square of a tiny entry is zero, and nothing converges.
  return a - e * (e / (half + (half >= 0 ? root : -root)));
}
