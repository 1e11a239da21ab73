import { FLOAT_BYTES, TILE } from "./kernels.ts";
import type { Matrix } from "./matrix.ts";
import { bandsOf, bandStart, MOST_BANDS, SCALARS } from "./multiply_bands.ts";
import { addProduct, type Operand, packedLength, padded } from "./product.ts";
import type { Team } from "./team.ts";
import { type Place, Workspace } from "./workspace.ts";

/** Columns that are reduced before what is behind them is updated. */
const PANEL = 16;

/** Diagonal and first off-diagonal of a symmetric tridiagonal matrix. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i joins i and i + 1; the last entry is unused and zero. */
  readonly offDiagonal: Float64Array;
}

/**
 * A tridiagonal matrix with the eigenvalues of a symmetric one, of which
 * entries on and below the diagonal are read.
 *
 * Householder reflections (Golub and Van Loan, "Matrix Computations", algorithm
 * 8.3.1), whose updates of what is behind a panel are one product (Dongarra,
 * Sorensen and Hammarling, "Block reduction of matrices to condensed forms for
 * eigenvalue computations", 1989).
 */
export function tridiagonalise(matrix: Matrix, team?: Team): Tridiagonal {
  const reduction = startOf(matrix, team);
  const { n, stride, a, diagonal } = reduction;
  for (let start = 0; start < n; start += PANEL) {
    const end = Math.min(n, start + PANEL);
    reduction.panel.fill(0);
    for (let column = start; column < end; column++) {
      updateColumn(reduction, { start, column });
      diagonal[column] = a.data[column * stride + column]!;
      reflect(reduction, { start, column });
    }
    if (end < n) updateBehind(reduction, end);
  }
  return reduction;
}

interface Reduction extends Tridiagonal {
  readonly n: number;
  readonly stride: number;
  readonly workspace: Workspace;
  /** What is left to reduce: [n, stride], as it was before the panel. */
  readonly a: Place;
  /** The vector of a reflection. */
  readonly x: Place;
  /** `a` times it, and behind it the sums of the other bands. */
  readonly y: Place;
  /** What `addRows` takes and gives, of each band. */
  readonly scalars: Place;
  readonly packs: { readonly a: Place; readonly b: Place };
  /**
   * Vectors v and w of the panel's reflections, [n, v and w of each]: what is
   * behind the panel is a - v wᵀ - w vᵀ.
   */
  readonly panel: Float64Array;
}

function startOf({ rows: n, data }: Matrix, team?: Team): Reduction {
  const stride = padded(n);
  const packed = packedLength({ rows: n });
  const lengths = [
    ...[stride * stride, stride, MOST_BANDS * stride, MOST_BANDS * SCALARS],
    ...[packed, packed],
  ];
  const workspace = new Workspace(lengths, team);
  const places = lengths.map((length) => workspace.take(length));
  const [a, x, y, scalars, packA, packB] = places as [
    Place,
    Place,
    Place,
    Place,
    Place,
    Place,
  ];
  for (let i = 0; i < n; i++) {
    a.data.set(data.subarray(i * n, i * n + i + 1), i * stride);
  }
  return {
    diagonal: new Float64Array(n),
    offDiagonal: new Float64Array(n),
    n,
    stride,
    workspace,
    ...{ a, x, y, scalars },
    packs: { a: packA, b: packB },
    panel: new Float64Array(n * 2 * PANEL),
  };
}

interface Column {
  /** The panel's first column. */
  readonly start: number;
  readonly column: number;
}

/** Brings a column up to date with the panel's reflections so far. */
function updateColumn(
  { n, stride, a, panel }: Reduction,
  { start, column }: Column,
): void {
  const own = column * 2 * PANEL;
  for (let i = column; i < n; i++) {
    const row = i * 2 * PANEL;
    let sum = 0;
    for (let k = 0; k < 2 * (column - start); k += 2) {
      sum += panel[row + k]! * panel[own + k + 1]! +
        panel[row + k + 1]! * panel[own + k]!;
    }
    a.data[i * stride + column]! -= sum;
  }
}

/** Adds the reflection that empties a column below its off-diagonal entry. */
function reflect(reduction: Reduction, { start, column }: Column): void {
  const { n, offDiagonal, x, y, panel } = reduction;
  const { beta, norm } = householder(reduction, column);
  if (column + 1 < n) offDiagonal[column] = norm;
  if (beta === 0) return;
  multiply(reduction, column + 1);
  const width = 2 * (column - start);
  const known = new Float64Array(width);
  for (let i = column + 1; i < n; i++) {
    const [row, value] = [i * 2 * PANEL, x.data[i]!];
    for (let k = 0; k < width; k++) known[k]! += panel[row + k]! * value;
  }
  let inner = 0;
  for (let i = column + 1; i < n; i++) {
    const row = i * 2 * PANEL;
    let sum = y.data[i]!;
    for (let k = 0; k < width; k += 2) {
      sum -= panel[row + k]! * known[k + 1]! + panel[row + k + 1]! * known[k]!;
    }
    y.data[i] = beta * sum;
    inner += y.data[i]! * x.data[i]!;
  }
  const shift = beta * inner / 2;
  for (let i = column + 1; i < n; i++) {
    const at = i * 2 * PANEL + width;
    panel[at] = x.data[i]!;
    panel[at + 1] = y.data[i]! - shift * x.data[i]!;
  }
}

/** Writes x with (I - beta x xᵀ) c = norm e1, c the column below its diagonal. */
function householder(
  { n, stride, a, x }: Reduction,
  column: number,
): { readonly beta: number; readonly norm: number } {
  const entry = (i: number) => a.data[i * stride + column]!;
  const first = column + 1;
  x.data.fill(0);
  let scale = 0;
  for (let i = first; i < n; i++) scale += Math.abs(entry(i));
  if (scale === 0) return { beta: 0, norm: 0 };
  // Nothing is below the entry: it stays, whatever its sign.
  if (first === n - 1) return { beta: 0, norm: entry(first) };
  let sum = 0;
  for (let i = first; i < n; i++) {
    x.data[i] = entry(i) / scale;
    sum += x.data[i]! ** 2;
  }
  // The sign that adds up keeps the first entry free of cancellation.
  const norm = x.data[first]! > 0 ? -Math.sqrt(sum) : Math.sqrt(sum);
  const beta = 1 / (sum - x.data[first]! * norm);
  x.data[first]! -= norm;
  return { beta, norm: norm * scale };
}

/** y = a x from a row on; x is zero above it. */
function multiply(
  { n, stride, workspace, a, x, y, scalars }: Reduction,
  from: number,
): void {
  const corner = { first: from - from % TILE, end: padded(n) };
  const bands = bandsOf(corner);
  const place = ({ at }: Place) => at / FLOAT_BYTES;
  workspace.run("multiplyBands", {
    ...corner,
    ...{ a: place(a), x: place(x), y: place(y), scalars: place(scalars) },
    ...{ stride, bands },
  }, { items: bands });
  // The first band ends there.
  y.data.fill(0, bandStart({ ...corner, bands }, 1), corner.end);
  for (let band = 1; band < bands; band++) {
    const end = bandStart({ ...corner, bands }, band + 1);
    const sums = band * stride;
    for (let i = corner.first; i < end; i++) y.data[i]! += y.data[sums + i]!;
  }
}

/** a -= v wᵀ + w vᵀ, for all reflections of the panel in one product. */
function updateBehind(
  { n, stride, workspace, a, panel, packs }: Reduction,
  from: number,
): void {
  const corner = from * stride + from;
  const vectors: Operand = {
    data: panel.subarray(from * 2 * PANEL),
    rows: n - from,
    columns: 2 * PANEL,
    rowStride: 2 * PANEL,
    columnStride: 1,
  };
  // Each v meets its w: 1, 0, 3, 2, …
  const partners = Array.from({ length: 2 * PANEL }, (_, k) => k ^ 1);
  const at = a.at + FLOAT_BYTES * corner;
  addProduct(workspace, {
    a: vectors,
    b: { ...vectors, order: partners, negative: true },
    lower: true,
    target: { place: { at, data: a.data.subarray(corner) }, stride },
    packs,
  });
}
