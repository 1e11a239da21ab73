import { type HostTensor, isFloat } from "../lib/tensor/mod.ts";

/** How two tensors differ where they differ most. */
export interface Comparison {
  /** False where a shape, a kind or a value does not fit. */
  readonly ok: boolean;
  /** Largest difference, relative to the largest magnitude that is expected. */
  readonly error: number;
  /** Position of the worst element. */
  readonly index: readonly number[];
  readonly actual: number;
  readonly expected: number;
  /** What does not fit besides values; else empty. */
  readonly problem: string;
}

/** How close tensors must be. */
export interface CompareOptions {
  /** Of the error relative to the largest expected magnitude; integers must be equal. */
  readonly tolerance: number;
  /** Magnitude below which the error counts as absolute: 0 by default. */
  readonly floor?: number;
  /** Accept infinities and NaN where both tensors have the same; else they fail. */
  readonly nonFinite?: boolean;
}

function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

function structureProblem(actual: HostTensor, expected: HostTensor): string {
  if (actual.shape.join() !== expected.shape.join()) {
    return `shape [${actual.shape}], expected [${expected.shape}]`;
  }
  if (actual.data.length !== expected.data.length) {
    return `${actual.data.length} elements, expected ${expected.data.length}`;
  }
  const kind = ({ dtype }: HostTensor) => isFloat(dtype) ? "float" : dtype;
  if (kind(actual) !== kind(expected)) {
    return `dtype ${actual.dtype}, expected ${expected.dtype}`;
  }
  return "";
}

function largestMagnitude({ data }: HostTensor): number {
  let largest = 0;
  for (const value of data) {
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** Compares tensors element by element; floats of every precision are one kind. */
export function compareTensors(
  actual: HostTensor,
  expected: HostTensor,
  { tolerance, floor = 0, nonFinite = false }: CompareOptions,
): Comparison {
  const problem = structureProblem(actual, expected);
  const none = { error: 0, index: [], actual: 0, expected: 0 };
  if (problem !== "") return { ok: false, ...none, problem };
  const scale = isFloat(expected.dtype)
    ? Math.max(largestMagnitude(expected), floor)
    : 1;
  const limit = isFloat(expected.dtype) ? tolerance : 0;
  let [worst, error] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [actual.data[i]!, expected.data[i]!];
    if (a === b ? Number.isFinite(a) || nonFinite : false) continue;
    if (nonFinite && Number.isNaN(a) && Number.isNaN(b)) continue;
    // Written so that NaN counts as the largest error.
    const relative = Math.abs(a - b) / scale;
    if (!(relative <= error)) [worst, error] = [i, relative];
    if (Number.isNaN(relative)) break;
  }
  return {
    ok: error <= limit,
    error,
    index: indexOf(worst, expected.shape),
    actual: actual.data[worst] ?? NaN,
    expected: expected.data[worst] ?? NaN,
    problem,
  };
}

/**
 * Requires tensors to be close.
 *
 * @throws {Error} naming `what`, the worst index, both values and the tolerance
 */
export function assertClose(
  actual: HostTensor,
  expected: HostTensor,
  { what, ...options }: CompareOptions & { readonly what: string },
): void {
  const found = compareTensors(actual, expected, options);
  if (found.ok) return;
  if (found.problem !== "") throw new Error(`${what}: ${found.problem}`);
  throw new Error(
    `${what}: at [${found.index}] got ${found.actual}, expected ` +
      `${found.expected}; error ${found.error} of the largest magnitude, ` +
      `tolerance ${options.tolerance}`,
  );
}
