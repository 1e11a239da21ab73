import type { AxisTaps } from "./filters.ts";

/** One axis of a convolution whose input gradient is sought. */
export interface AxisGeometry {
  readonly stride: number;
  readonly padding: number;
  /** Taps of the forward filter. */
  readonly kernel: number;
  /** Size of the forward input. */
  readonly size: number;
  /** Size of the forward output. */
  readonly given: number;
}

/** An input gradient along one axis, as a convolution of stride 1 for each phase. */
export interface AxisPhases extends AxisTaps {
  /** Zeros in front of dy and behind it. */
  readonly before: number;
  readonly behind: number;
  /** Where the first element of each phase lies in the convolution's output. */
  readonly shifts: readonly number[];
}

/** Taps that reach one phase: their first offset in dy, and the tap by offset. */
interface Phase {
  readonly first: number;
  readonly taps: readonly (number | null)[];
}

/** Position s i + a of dx gets w[u] dy[i + (a + p - u) / s] where that is whole. */
function phaseOf(
  a: number,
  { stride, padding, kernel }: AxisGeometry,
): Phase {
  const taps = new Map<number, number>();
  for (let u = 0; u < kernel; u++) {
    const offset = (a + padding - u) / stride;
    if (Number.isInteger(offset)) taps.set(offset, u);
  }
  if (taps.size === 0) return { first: 0, taps: [null] };
  const [first, last] = [Math.min(...taps.keys()), Math.max(...taps.keys())];
  const length = last - first + 1;
  return {
    first,
    taps: Array.from({ length }, (_, i) => taps.get(first + i) ?? null),
  };
}

/**
 * Aligns the phases of an input gradient: all become one convolution with as
 * many taps as the longest has, read at shifted positions.
 */
export function axisPhases(geometry: AxisGeometry): AxisPhases {
  const { stride, size, given } = geometry;
  const phases = Array.from(
    { length: stride },
    (_, a) => phaseOf(a, geometry),
  );
  const first = Math.min(0, ...phases.map((phase) => phase.first));
  const length = Math.max(...phases.map(({ taps }) => taps.length));
  const shifts = phases.map((phase) => phase.first - first);
  const ends = shifts.map((shift, a) =>
    a < size ? shift + Math.floor((size - 1 - a) / stride) + 1 : 0
  );
  const before = -first;
  const behind = Math.max(0, Math.max(...ends) + length - 1 - given - before);
  const none = Array.from({ length }, () => null);
  return {
    taps: phases.map(({ taps }) => [...taps, ...none].slice(0, length)),
    before,
    behind,
    shifts,
  };
}
