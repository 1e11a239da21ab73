import { FILTERS, type ResizeFilter } from "./filters.ts";

/** Bits after the point of the fixed-point weights, as in Pillow. */
export const PRECISION_BITS = 22;

/** Places that follow each other along an axis. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** One axis of a resize. */
export interface AxisResize {
  /** Length before. */
  readonly from: number;
  /** Length after. */
  readonly to: number;
  readonly filter: ResizeFilter;
}

/** For each output place: first input place and fixed-point weights. */
export interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  /** Weights held for each output place. */
  readonly stride: number;
}

/** Input places that an output place sees, before and after the axis' ends. */
function reachOf({ from, to, filter }: AxisResize) {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const reach = FILTERS[filter].support * widening;
  return (place: number) => {
    const center = (place + 0.5) * scale;
    const start = Math.max(Math.trunc(center - reach + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach + 0.5), from);
    return { center, start, end };
  };
}

/** The input places that some output places are made of. */
export function spanBelow(axis: AxisResize, { start, count }: Span): Span {
  if (axis.from === axis.to) return { start, count };
  const seen = reachOf(axis);
  const first = seen(start).start;
  return { start: first, count: seen(start + count - 1).end - first };
}

/**
 * Pillow's weights of some output places. Of an axis that keeps its length they
 * leave values as they are.
 *
 * @param below where input places are counted from
 */
export function tapsOf(
  axis: AxisResize,
  { start: first, count }: Span,
  below: number,
): Taps {
  const { from, to, filter } = axis;
  if (from === to) return keepingTaps({ start: first - below, count });
  const { support, weight } = FILTERS[filter];
  const widening = Math.max(from / to, 1);
  const stride = Math.ceil(support * widening) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  // A product with the inverse, as Pillow has it: a quotient rounds otherwise.
  const shrink = 1 / widening;
  const seen = reachOf(axis);
  for (let place = 0; place < count; place++) {
    const { center, start, end } = seen(first + place);
    let sum = 0;
    for (let tap = 0; tap < end - start; tap++) {
      exact[tap] = weight((tap + start - center + 0.5) * shrink);
      sum += exact[tap]!;
    }
    for (let tap = 0; tap < end - start; tap++) {
      const share = sum === 0 ? exact[tap]! : exact[tap]! / sum;
      weights[place * stride + tap] = fixedPoint(share);
    }
    starts[place] = start - below;
    counts[place] = end - start;
  }
  return { starts, counts, weights, stride };
}

function keepingTaps({ start, count }: Span): Taps {
  return {
    starts: Int32Array.from({ length: count }, (_, place) => start + place),
    counts: new Int32Array(count).fill(1),
    weights: new Int32Array(count).fill(2 ** PRECISION_BITS),
    stride: 1,
  };
}

function fixedPoint(share: number): number {
  const half = share < 0 ? -0.5 : 0.5;
  return Math.trunc(half + share * 2 ** PRECISION_BITS);
}
