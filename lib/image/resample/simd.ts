import type { Picture } from "../pixels.ts";
import { wasmModule } from "../../wasm/mod.ts";
import {
  COLUMNS,
  HEAD_BYTES,
  LOW_BITS,
  PAIR_BYTES,
  ROWS_AT_ONCE,
  ROWS_PASS,
} from "./kernels.ts";
import { type Passes, rowsSeen } from "./plain.ts";
import type { Taps } from "./taps.ts";

const PAGE = 65_536;

/** Bytes of a vector. */
const VECTOR = 16;

/** Memory that the kernels may take; it never becomes less. */
const MAX_BYTES = 64 * 2 ** 20;

/** The two passes as WebAssembly exports them. */
type Pass = (
  source: number,
  sourceStride: number,
  out: number,
  outStride: number,
  taps: number,
  tapsEnd: number,
  tapStride: number,
) => void;

interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly columns: Pass;
  readonly rows: Pass;
}

/** The kernels, where this machine has vectors; made when they are needed first. */
let kernels: Kernels | undefined | null = null;

function loadKernels(): Kernels | undefined {
  const bytes = wasmModule([COLUMNS, ROWS_PASS]);
  if (!WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(bytes),
    { host: { memory } },
  );
  const { columns, rows } = exports as Readonly<Record<string, Pass>>;
  return { memory, columns: columns!, rows: rows! };
}

/** Where the parts of one resampling lie in memory. */
interface Layout {
  readonly columnTaps: number;
  readonly rowTaps: number;
  readonly source: number;
  readonly between: number;
  readonly out: number;
  readonly end: number;
}

/**
 * Resamples a picture as {@linkcode resamplePlainly} does, byte for byte, by
 * kernels of vectors.
 *
 * @returns undefined where the machine has none, or the picture is too large
 */
export function resampleByVectors(
  source: Picture,
  { columns, rows }: Passes,
): Picture | undefined {
  if (kernels === null) kernels = loadKernels();
  if (kernels === undefined) return undefined;
  const [width, height] = [columns.starts.length, rows.starts.length];
  const [top, bottom] = rowsSeen(rows);
  // Rows are taken by fours, and pairs of taps see one row more.
  const seen = upTo(bottom - top, ROWS_AT_ONCE);
  const sourceStride = source.width * 3;
  const stride = upTo(width * 3 + 4, VECTOR);
  const at = layout([
    tapBytes(columns) * width,
    tapBytes(rows) * height,
    seen * sourceStride,
    (seen + 1) * stride,
    height * stride,
  ]);
  if (at.end > MAX_BYTES) return undefined;
  const memory = grown(kernels.memory, at.end);
  writeTaps(memory, columns, { at: at.columnTaps, from: 0, unit: 3 });
  writeTaps(memory, rows, { at: at.rowTaps, from: top, unit: stride });
  memory.set(
    source.data.subarray(top * sourceStride, bottom * sourceStride),
    at.source,
  );
  for (let row = 0; row < seen; row += ROWS_AT_ONCE) {
    kernels.columns(
      at.source + row * sourceStride,
      sourceStride,
      at.between + row * stride,
      stride,
      at.columnTaps,
      at.columnTaps + tapBytes(columns) * width,
      tapBytes(columns),
    );
  }
  kernels.rows(
    at.between,
    stride,
    at.out,
    stride,
    at.rowTaps,
    at.rowTaps + tapBytes(rows) * height,
    tapBytes(rows),
  );
  return copied(memory, { at: at.out, stride, width, height });
}

function upTo(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}

function layout(sizes: readonly number[]): Layout {
  const starts: number[] = [];
  let end = 0;
  for (const size of sizes) {
    starts.push(end);
    // Kernels read a vector at once, also at the end of a part.
    end = upTo(end + size + VECTOR, VECTOR);
  }
  const [columnTaps, rowTaps, source, between, out] = starts as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { columnTaps, rowTaps, source, between, out, end };
}

function grown(memory: WebAssembly.Memory, bytes: number): Uint8Array {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return new Uint8Array(memory.buffer);
}

/** Bytes of the taps of a place. */
function tapBytes({ stride }: Taps): number {
  return HEAD_BYTES + PAIR_BYTES * Math.ceil(stride / 2);
}

/** Writes taps as the kernels read them: by pairs, in two parts of 16 bits. */
function writeTaps(
  memory: Uint8Array,
  taps: Taps,
  { at, from, unit }: {
    readonly at: number;
    /** Input place that lies at the source's start. */
    readonly from: number;
    /** Bytes from one input place to the next. */
    readonly unit: number;
  },
): void {
  const { starts, counts, weights, stride } = taps;
  const words = new Int32Array(memory.buffer);
  for (let place = 0; place < starts.length; place++) {
    let to = (at + place * tapBytes(taps)) / 4;
    const pairs = Math.ceil(counts[place]! / 2);
    words[to++] = (starts[place]! - from) * unit;
    words[to++] = pairs;
    const first = place * stride;
    const last = first + counts[place]!;
    for (let tap = first; tap < last; tap += 2) {
      const one = weights[tap]!;
      const other = tap + 1 < last ? weights[tap + 1]! : 0;
      const low = 2 ** LOW_BITS - 1;
      words[to++] = (one & low) | ((other & low) << 16);
      words[to++] = ((one >> LOW_BITS) & 0xffff) | ((other >> LOW_BITS) << 16);
    }
  }
}

function copied(
  memory: Uint8Array,
  { at, stride, width, height }: {
    readonly at: number;
    readonly stride: number;
    readonly width: number;
    readonly height: number;
  },
): Picture {
  const line = width * 3;
  const data = new Uint8Array(line * height);
  for (let row = 0; row < height; row++) {
    const start = at + row * stride;
    data.set(memory.subarray(start, start + line), row * line);
  }
  return { width, height, channels: 3, data };
}
