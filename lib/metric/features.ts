import { type HostTensor, hostTensor } from "../tensor/mod.ts";

/** Features of images [rows, columns], all finite, as they came. */
export interface Features {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/**
 * Reads features [n, d] (f32 or f64); nothing is copied.
 *
 * @throws {TypeError} when the tensor is not a float matrix
 * @throws {RangeError} when a feature is not finite
 */
export function featuresOf(features: HostTensor, name: string): Features {
  const { shape: [rows, columns, ...more], data } = features;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (
    !isFloat || rows === undefined || columns === undefined || more.length > 0
  ) {
    throw new TypeError(
      `Cannot read ${name} as features: expected f32 or f64 [n, d], ` +
        `got ${features.dtype} [${features.shape}]`,
    );
  }
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(data[at])) continue;
    throw new RangeError(
      `Cannot use ${name} as features: row ${Math.floor(at / columns)}, ` +
        `column ${at % columns} is ${data[at]}`,
    );
  }
  return { rows, columns, data };
}

/**
 * Reads two sets of features of one width.
 *
 * @throws {TypeError} when their widths differ, or as `featuresOf` does
 */
export function featurePair(
  { reference, samples }: FeaturePair,
): { readonly reference: Features; readonly samples: Features } {
  const real = featuresOf(reference, "the reference");
  const fake = featuresOf(samples, "the samples");
  requireEqualWidths(real.columns, fake.columns);
  return { reference: real, samples: fake };
}

/** Features of real images, and of those that are measured. */
export interface FeaturePair {
  readonly reference: HostTensor;
  readonly samples: HostTensor;
}

/** @throws {TypeError} when two sets of features differ in width */
export function requireEqualWidths(a: number, b: number): void {
  if (a === b) return;
  throw new TypeError(`Cannot compare features: widths are ${a} and ${b}`);
}

/** Some rows [rows.length, columns], in their order. */
export function takeRows(
  { columns, data }: Features,
  rows: ArrayLike<number>,
): Float32Array {
  const taken = new Float32Array(rows.length * columns);
  for (let k = 0; k < rows.length; k++) {
    const start = rows[k]! * columns;
    taken.set(data.subarray(start, start + columns), k * columns);
  }
  return taken;
}

/** Rows from one on for a run of an engine; behind the last one are zeros. */
export function rowsFrom(
  { columns, data }: Features,
  { start, rows }: { readonly start: number; readonly rows: number },
): HostTensor<"f32"> {
  const values = new Float32Array(rows * columns);
  values.set(data.subarray(start * columns, (start + rows) * columns));
  return hostTensor("f32", [rows, columns], values);
}
