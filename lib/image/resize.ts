import { MAX_PIXELS, type Picture } from "./pixels.ts";

/** A resampling kernel; it is zero beyond `support`. */
interface Kernel {
  readonly support: number;
  weight(x: number): number;
}

/** Parameter of the cubic convolution that Pillow calls BICUBIC. */
const CUBIC_A = -0.5;

const KERNELS = {
  box: {
    support: 0.5,
    weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0),
  },
  // Keys, "Cubic convolution interpolation", 1981, equation 4, with a = -1/2.
  bicubic: {
    support: 2,
    weight: (x) => {
      const r = Math.abs(x);
      if (r < 1) return ((CUBIC_A + 2) * r - (CUBIC_A + 3)) * r * r + 1;
      if (r < 2) return (((r - 5) * r + 8) * r - 4) * CUBIC_A;
      return 0;
    },
  },
} as const satisfies Readonly<Record<string, Kernel>>;

/** Name of a resampling kernel. */
export type ResizeFilter = keyof typeof KERNELS;

/** Bits after the point of the fixed-point weights, as in Pillow. */
const PRECISION_BITS = 22;

/** For each output place: first input place and fixed-point weights. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  /** Weights held for each output place. */
  readonly stride: number;
}

/** Size and kernel of a resized picture. */
export interface ResizeOptions {
  /** Width of the result in pixels. */
  readonly width: number;
  /** Height of the result in pixels. */
  readonly height: number;
  /** Resampling kernel. */
  readonly filter: ResizeFilter;
}

/**
 * Resizes a picture with the same bytes as Pillow's `Image.resize`.
 *
 * Pillow's antialiasing convolution: the kernel widens with the scale, rows
 * first, then columns, each rounded to 8 bits; weights have 22 fraction bits.
 *
 * @throws {RangeError} when a size is no whole number of at least 1, or the
 * result would have more than {@link MAX_PIXELS}
 */
export function resize(source: Picture, options: ResizeOptions): Picture {
  const { width, height, filter } = options;
  const whole = Number.isInteger(width) && Number.isInteger(height);
  const pixels = Math.max(width * height, width * source.height);
  if (!(whole && width >= 1 && height >= 1 && pixels <= MAX_PIXELS)) {
    throw new RangeError(
      `Cannot resize a picture of ${source.width} x ${source.height} to ` +
        `${width} x ${height}`,
    );
  }
  const kernel = KERNELS[filter];
  let result = source;
  if (width !== source.width) {
    const taps = tapsOf(kernel, { from: source.width, to: width });
    result = resizeRows(result, taps);
  }
  if (height !== source.height) {
    const taps = tapsOf(kernel, { from: source.height, to: height });
    result = resizeColumns(result, taps);
  }
  return result;
}

function tapsOf(
  { support, weight }: Kernel,
  { from, to }: { from: number; to: number },
): Taps {
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const reach = support * widening;
  const stride = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * stride);
  const exact = new Float64Array(stride);
  // A product with the inverse, as Pillow has it: a quotient rounds otherwise.
  const shrink = 1 / widening;
  for (let place = 0; place < to; place++) {
    const center = (place + 0.5) * scale;
    const start = Math.max(Math.trunc(center - reach + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach + 0.5), from);
    let sum = 0;
    for (let tap = 0; tap < end - start; tap++) {
      exact[tap] = weight((tap + start - center + 0.5) * shrink);
      sum += exact[tap]!;
    }
    for (let tap = 0; tap < end - start; tap++) {
      const share = sum === 0 ? exact[tap]! : exact[tap]! / sum;
      weights[place * stride + tap] = fixedPoint(share);
    }
    starts[place] = start;
    counts[place] = end - start;
  }
  return { starts, counts, weights, stride };
}

function fixedPoint(share: number): number {
  const half = share < 0 ? -0.5 : 0.5;
  return Math.trunc(half + share * 2 ** PRECISION_BITS);
}

function resizeRows({ width, height, data }: Picture, taps: Taps): Picture {
  const { starts, counts, weights, stride } = taps;
  const newWidth = starts.length;
  const out = new Uint8Array(newWidth * height * 3);
  for (let row = 0; row < height; row++) {
    for (let place = 0; place < newWidth; place++) {
      let red = 1 << (PRECISION_BITS - 1), green = red, blue = red;
      let at = (row * width + starts[place]!) * 3;
      const first = place * stride;
      const last = first + counts[place]!;
      for (let tap = first; tap < last; tap++) {
        const weight = weights[tap]!;
        red += data[at++]! * weight;
        green += data[at++]! * weight;
        blue += data[at++]! * weight;
      }
      const to = (row * newWidth + place) * 3;
      out[to] = clip(red);
      out[to + 1] = clip(green);
      out[to + 2] = clip(blue);
    }
  }
  return { width: newWidth, height, channels: 3, data: out };
}

function resizeColumns({ width, data }: Picture, taps: Taps): Picture {
  const { starts, counts, weights, stride } = taps;
  const height = starts.length;
  const line = width * 3;
  const out = new Uint8Array(line * height);
  const sums = new Int32Array(line);
  for (let place = 0; place < height; place++) {
    sums.fill(1 << (PRECISION_BITS - 1));
    for (let tap = 0; tap < counts[place]!; tap++) {
      const weight = weights[place * stride + tap]!;
      const at = (starts[place]! + tap) * line;
      for (let x = 0; x < line; x++) {
        sums[x] = sums[x]! + data[at + x]! * weight;
      }
    }
    for (let x = 0; x < line; x++) out[place * line + x] = clip(sums[x]!);
  }
  return { width, height, channels: 3, data: out };
}

function clip(sum: number): number {
  return Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
}
