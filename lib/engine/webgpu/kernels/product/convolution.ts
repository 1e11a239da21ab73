import { type Node, sizeOf, type Tensor } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../code.ts";
import {
  delinearize,
  div,
  fixed,
  type Index,
  indexText,
  mod,
  plus,
  symbol,
  times,
} from "../../wgsl/index.ts";
import { allOf } from "../../wgsl/writer.ts";
import {
  declareAsIs,
  elementsOf,
  type Operand,
  type Problem,
} from "./problem.ts";

type Pair = readonly [number, number];

/** Where filters look along one axis of an image: at s i - p + u. */
interface Reach {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

function reachOf(
  size: Pair,
  { stride, padding }: { readonly stride: Pair; readonly padding: Pair },
): [Reach, Reach] {
  const along = (i: 0 | 1) => ({
    size: size[i],
    stride: stride[i],
    padding: padding[i],
  });
  return [along(0), along(1)];
}

function spatial({ shape }: Tensor): Pair {
  return [shape[2]!, shape[3]!];
}

/** A variable for an index that may be below zero: it wraps to beyond every size. */
function named(code: KernelCode, index: Index): string {
  const text = indexText(index);
  return code.writer.once(`named ${text}`, () => code.writer.value(text));
}

/** Variables for the coordinates of a position, computed once where it is known. */
function split(
  code: KernelCode,
  position: Index,
  shape: readonly number[],
): Index[] {
  return delinearize(position, shape).map((c, axis) => {
    const plain = c.terms.every(({ atom }) => atom.kind === "symbol");
    return plain ? c : symbol(named(code, c), shape[axis]!);
  });
}

/** A place along an axis: an index, and what holds where it is inside. */
interface Along {
  readonly index: Index;
  readonly condition?: string;
}

/** s i - p + u, which may be outside of the image. */
function shifted(
  code: KernelCode,
  { size, stride, padding }: Reach,
  { output, tap }: { output: Index; tap: Index },
): Along {
  const start = plus(times(output, stride), fixed(-padding));
  const moved = plus(start, tap);
  if (moved.min >= 0 && moved.max < size) return { index: moved };
  const position = code.writer.value(indexText(moved));
  return {
    index: symbol(position, size),
    condition: `${position} < ${size}u`,
  };
}

/** An element of an image, or zero outside. */
function readInside(
  code: KernelCode,
  x: Tensor,
  { image, channel, along }: {
    image: Index;
    channel: Index;
    along: readonly [Along, Along];
  },
): string {
  const { writer } = code;
  const at = [image, channel, along[0].index, along[1].index];
  const conditions = along.flatMap(({ condition }) => condition ?? []);
  if (conditions.length === 0) return code.evaluate(x, at);
  const value = writer.name("p");
  writer.line(`var ${value} = 0.0f;`);
  writer.block(`if (${allOf(conditions)})`, () => {
    writer.line(`${value} = ${code.evaluate(x, at)};`);
  });
  return value;
}

/** Where one filter tap looks for one output pixel. */
interface TapPlace {
  readonly image: Index;
  readonly channel: Index;
  readonly output: readonly [Index, Index];
  readonly tap: readonly [Index, Index];
}

/** Reads images under the taps of a convolution's filters. */
function tapReader(
  x: Tensor,
  attributes: Node<"conv2d">["attributes"],
): (code: KernelCode, place: TapPlace) => string {
  const [rows, columns] = reachOf(spatial(x), attributes);
  return (code, { image, channel, output: [i, j], tap: [u, v] }) => {
    const along = [
      shifted(code, rows, { output: i, tap: u }),
      shifted(code, columns, { output: j, tap: v }),
    ] as const;
    return readInside(code, x, { image, channel, along });
  };
}

/** Filters are rows, pixels of all images are columns. */
export function convolution(node: Node<"conv2d">): Problem {
  const [x, w] = node.inputs as [Tensor, Tensor];
  const [images, filters] = node.shape as [number, number];
  const inner = w.shape.slice(1);
  const pixels = [images, ...spatial(node)];
  const read = tapReader(x, node.attributes);
  const n = sizeOf(pixels);
  return {
    kind: "conv2d",
    batch: 1,
    m: filters,
    n,
    k: sizeOf(inner),
    left: elementsOf(w, ({ outer, k }) => [outer, ...delinearize(k, inner)]),
    right: {
      open: (code, { outer }) => {
        const [image, i, j] = split(code, outer, pixels) as Triple;
        return (k) => {
          const [channel, u, v] = split(code, k, inner) as Triple;
          return read(code, { image, channel, output: [i, j], tap: [u, v] });
        };
      },
    },
    declare: declareAsIs({ m: filters, n }),
  };
}

type Triple = [Index, Index, Index];

/** dw[o, c, u, v]: filters are rows, channels with taps are columns, output pixels are summed. */
export function filterGradient(node: Node<"conv2d_dw">): Problem {
  const [x, dy] = node.inputs as [Tensor, Tensor];
  const [filters, ...inner] = node.shape as [number, number, number, number];
  const pixels = [dy.shape[0]!, ...spatial(dy)];
  const read = tapReader(x, node.attributes);
  const n = sizeOf(inner);
  return {
    kind: "conv2d_dw",
    batch: 1,
    m: filters,
    n,
    k: sizeOf(pixels),
    left: elementsOf(dy, ({ outer, k }) => {
      const [image, i, j] = delinearize(k, pixels) as Triple;
      return [image, outer, i, j];
    }),
    right: {
      open: (code, { outer }) => {
        const [channel, u, v] = split(code, outer, inner) as Triple;
        return (k) => {
          const [image, i, j] = split(code, k, pixels) as Triple;
          return read(code, { image, channel, output: [i, j], tap: [u, v] });
        };
      },
    },
    declare: declareAsIs({ m: filters, n }),
  };
}

/**
 * One axis of an input gradient. At stride s, lines s i + phase meet the taps
 * (phase + p) mod s + s t only, t = 0, 1 ..: no other products are computed.
 */
interface PhaseAxis {
  readonly lines: number;
  readonly outputs: number;
  readonly taps: number;
  readonly stride: number;
  readonly padding: number;
}

/** The tap of a phase that comes t-th; past the last one where taps do not divide by the stride. */
function tapOf({ taps, stride, padding }: PhaseAxis, phase: Index, t: Index) {
  const first = mod(plus(phase, fixed(padding)), stride);
  const index = plus(times(t, stride), first);
  return { index, whole: taps % stride === 0 };
}

/** The output line that meets a line of a phase at its t-th tap. */
function outputOf(
  code: KernelCode,
  { outputs, stride, padding }: PhaseAxis,
  { phase, line, t }: { phase: Index; line: Index; t: Index },
): Along {
  const moved = plus(
    plus(line, div(plus(phase, fixed(padding)), stride)),
    times(t, -1),
  );
  if (moved.min >= 0 && moved.max < outputs) return { index: moved };
  const position = code.writer.value(indexText(moved));
  return {
    index: symbol(position, outputs),
    condition: `${position} < ${outputs}u`,
  };
}

/**
 * dx[n, c, line, column] = sum of dy[n, o, i, j] w[o, c, u, v] over
 * s i - p + u = line, s j - p + v = column: channels are rows, pixels of one
 * phase columns, phases matrices.
 */
export function inputGradient(node: Node<"conv2d_dx">): Problem {
  const [dy, w] = node.inputs as [Tensor, Tensor];
  const [images, channels] = node.shape as [number, number];
  const axes = ([0, 1] as const).map((axis): PhaseAxis => ({
    lines: node.shape[2 + axis]!,
    outputs: dy.shape[2 + axis]!,
    taps: w.shape[2 + axis]!,
    stride: node.attributes.stride[axis],
    padding: node.attributes.padding[axis],
  })) as [PhaseAxis, PhaseAxis];
  const steps = axes.map(({ stride }) => stride);
  const pixels = [
    images,
    ...axes.map(({ lines, stride }) => Math.ceil(lines / stride)),
  ];
  const inner = [
    w.shape[0]!,
    ...axes.map(({ taps, stride }) => Math.ceil(taps / stride)),
  ];
  return {
    kind: "conv2d_dx",
    batch: sizeOf(steps),
    m: channels,
    n: sizeOf(pixels),
    k: sizeOf(inner),
    left: filtersOfPhase(w, { axes, inner }),
    right: {
      open: (code, { b, outer }) => {
        const phases = split(code, b, steps);
        const [image, ...lines] = split(code, outer, pixels) as Triple;
        return (k) => {
          const [channel, ...taps] = split(code, k, inner) as Triple;
          const along = axes.map((axis, i) =>
            outputOf(code, axis, {
              phase: phases[i]!,
              line: lines[i]!,
              t: taps[i]!,
            })
          ) as [Along, Along];
          return readInside(code, dy, { image, channel, along });
        };
      },
    },
    declare: (code, place) =>
      declarePhase(code, place, { axes, pixels, channels }),
  };
}

function filtersOfPhase(
  w: Tensor,
  { axes, inner }: {
    axes: readonly [PhaseAxis, PhaseAxis];
    inner: readonly number[];
  },
): Operand {
  const steps = axes.map(({ stride }) => stride);
  return {
    open: (code, { b, outer }) => {
      const phases = split(code, b, steps);
      return (k) => {
        const [o, ...ts] = split(code, k, inner) as Triple;
        const along = axes.map((axis, i): Along => {
          const { index, whole } = tapOf(axis, phases[i]!, ts[i]!);
          if (whole) return { index };
          const tap = code.writer.value(indexText(index));
          return {
            index: symbol(tap, axis.taps),
            condition: `${tap} < ${axis.taps}u`,
          };
        }) as [Along, Along];
        return readInside(code, w, { image: o, channel: outer, along });
      };
    },
  };
}

/** A pixel of a phase as a pixel of the image. */
function declarePhase(
  code: KernelCode,
  { batch, row, column }: { batch: string; row: string; column: string },
  { axes, pixels, channels }: {
    axes: readonly [PhaseAxis, PhaseAxis];
    pixels: readonly number[];
    channels: number;
  },
): string {
  const { writer } = code;
  const [vertical, horizontal] = axes;
  const phases = delinearize(
    symbol(batch, vertical.stride * horizontal.stride),
    [vertical.stride, horizontal.stride],
  );
  const at = delinearize(symbol(column, sizeOf(pixels)), pixels) as Triple;
  const [line, place] = axes.map(({ stride }, i) =>
    writer.value(indexText(plus(times(at[i + 1]!, stride), phases[i]!)))
  ) as [string, string];
  writer.line("let b = 0u;");
  writer.line(`let m = ${row};`);
  const image = indexText(at[0]);
  writer.line(
    `let n = ((${image}) * ${vertical.lines}u + ${line}) * ` +
      `${horizontal.lines}u + ${place};`,
  );
  const conditions = [
    `m < ${channels}u`,
    `${column} < ${sizeOf(pixels)}u`,
    `${line} < ${vertical.lines}u`,
    `${place} < ${horizontal.lines}u`,
  ];
  return allOf(conditions);
}
