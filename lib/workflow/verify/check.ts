import type { Engine, HostTensor } from "../../tensor/mod.ts";
import type { Recording } from "../recording/mod.ts";

/** One tensor as it was recorded and as it was computed here. */
export interface Check {
  /** Name of the recorded tensor. */
  readonly tensor: string;
  readonly actual: HostTensor;
  readonly expected: HostTensor;
  /** Largest error allowed, relative to the scale. */
  readonly tolerance: number;
  /** What errors are relative to; the largest recorded magnitude unless given. */
  readonly scale?: number;
}

/** Computes what a recording recorded; names every tensor of `out/` and `grad/`. */
export type VerifyCase = (
  recording: Recording,
  engine: Engine,
) => AsyncIterable<Check>;

/** The figures of one check. */
export interface CheckResult {
  readonly tensor: string;
  /** Largest error relative to the scale. */
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
}

/**
 * Tolerance of values recorded in float32: 1e-4 on float32 engines, 1e-5 on
 * the float64 reference, where only the recording's own rounding is left.
 */
export function floatTolerance(engine: Engine): number {
  return engine.name === "reference" ? 1e-5 : 1e-4;
}

/** Tolerance of gradients recorded in float32, which are sums of many terms. */
export function gradientTolerance(engine: Engine): number {
  return 5 * floatTolerance(engine);
}

/** Compares one tensor; NaN and different sizes fail. */
export function compare(
  { tensor, actual, expected, tolerance, scale }: Check,
): CheckResult {
  const error = actual.data.length === expected.data.length
    ? relativeError(actual, expected, scale)
    : Infinity;
  // Written so that NaN fails.
  return { tensor, error, tolerance, pass: error <= tolerance };
}

function relativeError(
  actual: HostTensor,
  expected: HostTensor,
  scale = 0,
): number {
  let largest = 0;
  let magnitude = scale;
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(actual.data[i]! - expected.data[i]!);
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(difference)) return NaN;
    magnitude = Math.max(magnitude, Math.abs(expected.data[i]!));
  }
  return largest === 0 ? 0 : largest / Math.max(magnitude, Number.MIN_VALUE);
}
