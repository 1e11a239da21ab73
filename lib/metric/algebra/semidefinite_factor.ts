import { FLOAT_BYTES } from "./kernels.ts";
import { dot, type Matrix } from "./matrix.ts";
import {
  addProduct,
  type Operand,
  packedLength,
  padded,
  type Target,
} from "./product.ts";
import type { Team } from "./team.ts";
import { type Place, Workspace } from "./workspace.ts";

/** Columns that are eliminated before what is right of them is updated. */
const PANEL = 64;

/** Factor of a symmetric positive semidefinite matrix, S[o, o] = L Lᵀ. */
export interface SemidefiniteFactor {
  /** L [n, rank], zero above its diagonal. */
  readonly factor: Matrix;
  /** The row of S that each row of L belongs to. */
  readonly order: Uint32Array;
}

/**
 * Factor of a symmetric positive semidefinite matrix, of which entries on and
 * below the diagonal are read.
 *
 * Cholesky with diagonal pivoting (Higham, "Analysis of the Cholesky
 * decomposition of a semi-definite matrix", 1990), which ends at the numerical
 * rank instead of failing; in panels (Lucas, "LAPACK-style codes for level 2
 * and 3 pivoted Cholesky factorizations", 2004).
 */
export function semidefiniteFactor(
  s: Matrix,
  team?: Team,
): SemidefiniteFactor {
  const state = startOf(s, team);
  const { n } = state;
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(n, start + PANEL);
    const rank = eliminatePanel(state, { start, end });
    if (rank < end) return resultOf(state, rank);
    updateBehind(state, { start, end });
  }
  return resultOf(state, n);
}

interface Elimination {
  readonly n: number;
  /** What is left to factor, and the factor left of it: [n, stride]. */
  readonly target: Target;
  readonly workspace: Workspace;
  readonly packs: { readonly a: Place; readonly b: Place };
  readonly order: Uint32Array;
  /** Squares of each row's entries in the panel. */
  readonly squares: Float64Array;
  /** Pivots up to this are rounding. */
  readonly floor: number;
}

interface Panel {
  readonly start: number;
  readonly end: number;
}

function startOf({ rows: n, data }: Matrix, team?: Team): Elimination {
  const stride = padded(n);
  const packed = packedLength({ rows: n });
  const workspace = new Workspace([stride * stride, packed, packed], team);
  const place = workspace.take(stride * stride);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    place.data.set(data.subarray(i * n, (i + 1) * n), i * stride);
    largest = Math.max(largest, data[i * n + i]!);
  }
  return {
    n,
    target: { place, stride },
    workspace,
    packs: { a: workspace.take(packed), b: workspace.take(packed) },
    order: Uint32Array.from({ length: n }, (_, i) => i),
    squares: new Float64Array(n),
    floor: n * Number.EPSILON * largest,
  };
}

/** Eliminates the columns of a panel; returns how many there are then. */
function eliminatePanel(state: Elimination, { start, end }: Panel): number {
  const { n, squares, floor, target: { place: { data }, stride } } = state;
  squares.fill(0);
  for (let column = start; column < end; column++) {
    let [pivot, residual] = [column, -Infinity];
    for (let i = column; i < n; i++) {
      if (column > start) squares[i]! += data[i * stride + column - 1]! ** 2;
      const left = data[i * stride + i]! - squares[i]!;
      if (left > residual) [pivot, residual] = [i, left];
    }
    if (!(residual > floor)) return column;
    exchange(state, column, pivot);
    const diagonal = Math.sqrt(residual);
    data[column * stride + column] = diagonal;
    for (let i = column + 1; i < n; i++) {
      const known = dot(data, data, {
        startA: i * stride + start,
        startB: column * stride + start,
        length: column - start,
      });
      data[i * stride + column] = (data[i * stride + column]! - known) /
        diagonal;
    }
  }
  return end;
}

/** Exchanges rows and columns `a` and `b` >= a of the lower triangle. */
function exchange(
  { n, order, squares, target: { place: { data }, stride } }: Elimination,
  a: number,
  b: number,
): void {
  if (a === b) return;
  swap(order, a, b);
  swap(squares, a, b);
  data[b * stride + b] = data[a * stride + a]!;
  for (let k = 0; k < a; k++) swap(data, a * stride + k, b * stride + k);
  for (let k = a + 1; k < b; k++) swap(data, k * stride + a, b * stride + k);
  for (let k = b + 1; k < n; k++) swap(data, k * stride + a, k * stride + b);
}

function swap(values: Float64Array | Uint32Array, i: number, j: number): void {
  [values[i], values[j]] = [values[j]!, values[i]!];
}

/** Takes a panel's products from what is right of it. */
function updateBehind(
  { n, target: { place, stride }, workspace, packs }: Elimination,
  { start, end }: Panel,
): void {
  if (end === n) return;
  const corner = end * stride + end;
  const a: Operand = {
    data: place.data.subarray(end * stride + start),
    rows: n - end,
    columns: end - start,
    rowStride: stride,
    columnStride: 1,
  };
  const at = place.at + FLOAT_BYTES * corner;
  const behind = { at, data: place.data.subarray(corner) };
  addProduct(workspace, {
    a,
    b: { ...a, negative: true },
    lower: true,
    target: { place: behind, stride },
    packs,
  });
}

function resultOf(
  { n, order, target: { place: { data }, stride } }: Elimination,
  rank: number,
): SemidefiniteFactor {
  const factor = new Float64Array(n * rank);
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * stride, i * stride + Math.min(i + 1, rank));
    factor.set(row, i * rank);
  }
  return { factor: { rows: n, columns: rank, data: factor }, order };
}
