import type { Matrix } from "../../../../lib/metric/algebra/matrix.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";

/** A matrix of standard normal numbers. */
export function randomMatrix(
  rows: number,
  columns: number,
  seed: number,
): Matrix {
  const draws = new RandomStream({ seed, stream: "matrix" });
  const data = Float64Array.from(
    { length: rows * columns },
    () => draws.normal(),
  );
  return { rows, columns, data };
}

/** x xᵀ, of the rank of x. */
export function gram({ rows, columns, data }: Matrix): Matrix {
  const result = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) {
        sum += data[i * columns + k]! * data[j * columns + k]!;
      }
      result[i * rows + j] = sum;
    }
  }
  return { rows, columns: rows, data: result };
}
