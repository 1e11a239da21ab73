import { BAND } from "./add_bands.ts";
import { TILE } from "./kernels.ts";
import type { Matrix } from "./matrix.ts";
import type { Team } from "./team.ts";
import { type Place, Workspace } from "./workspace.ts";

/** Inner indices of one block: a packed tile's operands stay in the cache. */
const DEPTH = 256;

/**
 * A matrix as it lies in memory, of which products take blocks: entry (i, k) is
 * `data[i * rowStride + index(k) * columnStride]`, less the row's shift.
 */
export interface Operand {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Which columns are taken in which order; may repeat. All unless given. */
  readonly order?: ArrayLike<number>;
  /** What is taken from every entry of a row. */
  readonly shift?: Float64Array;
  /** Whether row r begins with r zeros, as those of an upper triangle. */
  readonly upper?: boolean;
  /** Whether every entry counts with the other sign. */
  readonly negative?: boolean;
}

/** A matrix as the operand of products. */
export function operandOf({ rows, columns, data }: Matrix): Operand {
  return { data, rows, columns, rowStride: columns, columnStride: 1 };
}

/** The transpose of an operand without a shift. */
export function transposed(operand: Operand): Operand {
  const { rows, columns, rowStride, columnStride } = operand;
  return {
    ...operand,
    rows: columns,
    columns: rows,
    rowStride: columnStride,
    columnStride: rowStride,
  };
}

/** What a product is added to; its rows may be longer than they are wide. */
export interface Target {
  readonly place: Place;
  /** Numbers from row to row, a multiple of the tile. */
  readonly stride: number;
}

/** Two operands with the same inner size. */
export interface Factors {
  readonly a: Operand;
  readonly b: Operand;
  /** Whether only the tiles on and below the diagonal are wanted. */
  readonly lower?: boolean;
}

/** Length of an array for a block of an operand's rows. */
export function packedLength({ rows }: Pick<Operand, "rows">): number {
  return padded(rows) * DEPTH;
}

/** The next multiple of the tile. */
export function padded(size: number): number {
  return Math.ceil(size / TILE) * TILE;
}

/** `a bᵀ`: every row of `a` times every row of `b`. */
export function timesTransposed(factors: Factors, team?: Team): Matrix {
  const { a, b } = factors;
  const [rows, stride] = [padded(a.rows), padded(b.rows)];
  const lengths = [rows * stride, packedLength(a), packedLength(b)];
  const workspace = new Workspace(lengths, team);
  const [place, ...packs] = lengths.map((length) => workspace.take(length));
  const [packA, packB] = packs as [Place, Place];
  addProduct(workspace, {
    ...factors,
    target: { place: place!, stride },
    packs: { a: packA, b: packB },
  });
  return unpadded(place!.data, { rows: a.rows, columns: b.rows, stride });
}

function unpadded(
  data: Float64Array,
  { rows, columns, stride }: {
    readonly rows: number;
    readonly columns: number;
    readonly stride: number;
  },
): Matrix {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * stride, i * stride + columns);
    result.set(row, i * columns);
  }
  return { rows, columns, data: result };
}

/** A product with all that it needs in the memory of a workspace. */
export interface PlacedProduct extends Factors {
  readonly target: Target;
  /** Arrays of `packedLength` each; one for both where the operands are one. */
  readonly packs: { readonly a: Place; readonly b: Place };
}

/** Adds `a bᵀ` to a matrix in the memory of a workspace. */
export function addProduct(
  workspace: Workspace,
  { a, b, lower = false, target, packs }: PlacedProduct,
): void {
  const packB = a === b ? packs.a : packs.b;
  for (let start = 0; start < a.columns; start += DEPTH) {
    const count = Math.min(DEPTH, a.columns - start);
    // Behind these are rows that are zero so far.
    const rowsOf = (operand: Operand) =>
      operand.upper ? Math.min(operand.rows, start + count) : operand.rows;
    const [rows, columns] = [rowsOf(a), rowsOf(b)];
    pack(a, { into: packs.a.data, start, count, rows });
    if (a !== b) pack(b, { into: packB.data, start, count, rows: columns });
    const values = {
      ...{ a: packs.a.at, b: packB.at, count, rows, columns },
      lower: lower ? 1 : 0,
      target: target.place.at,
      stride: target.stride,
    };
    const items = Math.ceil(rows / BAND);
    workspace.run("addBands", values, { items });
  }
}

/** Writes some columns of an operand as panels [count, tile] of its rows. */
function pack(
  { data, rowStride, columnStride, order, shift, negative }: Operand,
  { into, start, count, rows }: {
    readonly into: Float64Array;
    readonly start: number;
    readonly count: number;
    readonly rows: number;
  },
): void {
  const sign = negative ? -1 : 1;
  let at = 0;
  for (let row = 0; row < rows; row += TILE) {
    for (let k = start; k < start + count; k++) {
      const from = (order ? order[k]! : k) * columnStride;
      for (let r = row; r < row + TILE; r++) {
        into[at++] = r < rows
          ? sign * (data[r * rowStride + from]! - (shift ? shift[r]! : 0))
          : 0;
      }
    }
  }
}
