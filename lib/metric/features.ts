import type { HostTensor } from "../tensor/mod.ts";
import type { Matrix } from "./matrix.ts";

/**
 * Reads features [n, d] (f32 or f64) as a float64 matrix.
 *
 * @throws {TypeError} when the tensor is not a float matrix
 * @throws {RangeError} when a feature is not finite
 */
export function featureMatrix(features: HostTensor, name: string): Matrix {
  const [rows, columns] = features.shape;
  const isFloat = features.dtype === "f32" || features.dtype === "f64";
  if (
    !isFloat || rows === undefined || columns === undefined ||
    features.shape.length !== 2
  ) {
    throw new TypeError(
      `Cannot read ${name} as features: expected f32 or f64 [n, d], ` +
        `got ${features.dtype} [${features.shape}]`,
    );
  }
  const data = Float64Array.from(features.data);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot use ${name} as features: row ${Math.floor(bad / columns)}, ` +
        `column ${bad % columns} is ${data[bad]}`,
    );
  }
  return { rows, columns, data };
}
