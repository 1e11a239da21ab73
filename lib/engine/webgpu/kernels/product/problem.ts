import {
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../../tensor/mod.ts";
import type { KernelCode } from "../../wgsl/code.ts";
import {
  delinearize,
  fixed,
  type Index,
  indexText,
  plus,
  symbol,
  times,
} from "../../wgsl/index.ts";

/** Where an element of an operand is asked for: all as indices of the kernel. */
export interface Place {
  /** Matrix. */
  readonly b: Index;
  /** Row of the left operand or column of the right one. */
  readonly outer: Index;
  /** Term of the sum. */
  readonly k: Index;
}

/** Reads an element of an operand: a value of the kernel. */
export type Load = (code: KernelCode, place: Place) => string;

/**
 * A sum of products y[b, m, n] = sum over k of left[b, m, k] right[b, k, n], as
 * matrix products and convolutions both are.
 */
export interface Problem {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly left: Load;
  readonly right: Load;
}

/** The problem that a contraction is. */
export function problemOf(node: Tensor): Problem {
  if (isOp(node, "matmul")) return matrixProduct(node);
  if (isOp(node, "conv2d")) return convolution(node);
  if (isOp(node, "conv2d_dx")) return inputGradient(node);
  if (isOp(node, "conv2d_dw")) return filterGradient(node);
  throw new Error(`internal: ${node.op} is no contraction`);
}

function matrixProduct(node: Node<"matmul">): Problem {
  const { transposeA, transposeB } = node.attributes;
  const [a, b] = node.inputs as [Tensor, Tensor];
  const [m, n] = node.shape.slice(-2) as [number, number];
  const batch = node.shape.slice(0, -2);
  const matrixOf = (x: Tensor, index: Index) => {
    const own = x.shape.slice(0, -2);
    const at = delinearize(index, batch).slice(batch.length - own.length);
    return at.map((c, axis) => own[axis] === 1 ? fixed(0) : c);
  };
  return {
    batch: sizeOf(batch),
    m,
    n,
    k: a.shape.at(transposeA ? -2 : -1)!,
    left: (code, { b: matrix, outer, k }) => {
      const inner = transposeA ? [k, outer] : [outer, k];
      return code.evaluate(a, [...matrixOf(a, matrix), ...inner]);
    },
    right: (code, { b: matrix, outer, k }) => {
      const inner = transposeB ? [outer, k] : [k, outer];
      return code.evaluate(b, [...matrixOf(b, matrix), ...inner]);
    },
  };
}

type Pair = readonly [number, number];

/** One axis of an image: where filters at a stride and padding look. */
interface Reach {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

/** Reads a pixel of x, or zero outside: row s i - p + u, column s j - p + v. */
function readPixel(
  code: KernelCode,
  x: Tensor,
  { image, channel, rows, columns }: {
    image: Index;
    channel: Index;
    rows: { output: Index; tap: Index; reach: Reach };
    columns: { output: Index; tap: Index; reach: Reach };
  },
): string {
  const { writer } = code;
  const conditions: string[] = [];
  const [line, column] = [rows, columns].map(({ output, tap, reach }) => {
    const moved = plus(
      plus(times(output, reach.stride), tap),
      fixed(-reach.padding),
    );
    if (moved.min >= 0 && moved.max < reach.size) return moved;
    const name = writer.value(indexText(moved));
    conditions.push(`${name} < ${reach.size}u`);
    return symbol(name, reach.size);
  }) as [Index, Index];
  const at = [image, channel, line, column];
  if (conditions.length === 0) return code.evaluate(x, at);
  const value = writer.name("p");
  writer.line(`var ${value} = 0.0f;`);
  writer.block(`if (${conditions.join(" && ")})`, () => {
    writer.line(`${value} = ${code.evaluate(x, at)};`);
  });
  return value;
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

/** Filters are rows, pixels of all images are columns. */
function convolution(node: Node<"conv2d">): Problem {
  const [x, w] = node.inputs as [Tensor, Tensor];
  const [images, filters] = node.shape as [number, number];
  const inner = w.shape.slice(1);
  const pixels = [images, ...spatial(node)];
  const [vertical, horizontal] = reachOf(spatial(x), node.attributes);
  return {
    batch: 1,
    m: filters,
    n: sizeOf(pixels),
    k: sizeOf(inner),
    left: (code, { outer, k }) =>
      code.evaluate(w, [outer, ...delinearize(k, inner)]),
    right: (code, { outer, k }) => {
      const [image, i, j] = delinearize(outer, pixels) as [Index, Index, Index];
      const [channel, u, v] = delinearize(k, inner) as [Index, Index, Index];
      return readPixel(code, x, {
        image,
        channel,
        rows: { output: i, tap: u, reach: vertical },
        columns: { output: j, tap: v, reach: horizontal },
      });
    },
  };
}

/** dw[o, c, u, v]: filters are rows, channels with taps are columns, output pixels are summed. */
function filterGradient(node: Node<"conv2d_dw">): Problem {
  const [x, dy] = node.inputs as [Tensor, Tensor];
  const [filters, ...inner] = node.shape as [number, number, number, number];
  const pixels = [dy.shape[0]!, ...spatial(dy)];
  const [vertical, horizontal] = reachOf(spatial(x), node.attributes);
  return {
    batch: 1,
    m: filters,
    n: sizeOf(inner),
    k: sizeOf(pixels),
    left: (code, { outer, k }) => {
      const [image, i, j] = delinearize(k, pixels) as [Index, Index, Index];
      return code.evaluate(dy, [image, outer, i, j]);
    },
    right: (code, { outer, k }) => {
      const [image, i, j] = delinearize(k, pixels) as [Index, Index, Index];
      const [channel, u, v] = delinearize(outer, inner) as [
        Index,
        Index,
        Index,
      ];
      return readPixel(code, x, {
        image,
        channel,
        rows: { output: i, tap: u, reach: vertical },
        columns: { output: j, tap: v, reach: horizontal },
      });
    },
  };
}

/**
 * dx[n, c, line, column] = sum of dy[n, o, i, j] w[o, c, u, v] over
 * s i - p + u = line, s j - p + v = column: channels are rows, pixels columns.
 */
function inputGradient(node: Node<"conv2d_dx">): Problem {
  const [dy, w] = node.inputs as [Tensor, Tensor];
  const [images, channels] = node.shape as [number, number];
  const pixels = [images, ...spatial(node)];
  const { stride, padding } = node.attributes;
  const inner = [w.shape[0]!, w.shape[2]!, w.shape[3]!];
  return {
    batch: 1,
    m: channels,
    n: sizeOf(pixels),
    k: sizeOf(inner),
    left: (code, { outer, k }) => {
      const [o, u, v] = delinearize(k, inner) as [Index, Index, Index];
      return code.evaluate(w, [o, outer, u, v]);
    },
    right: (code, { outer, k }) => {
      const [image, line, column] = delinearize(outer, pixels) as [
        Index,
        Index,
        Index,
      ];
      const [o, u, v] = delinearize(k, inner) as [Index, Index, Index];
      const { writer } = code;
      const conditions: string[] = [];
      const [i, j] = [[line, u], [column, v]].map(([place, tap], axis) => {
        const moved = plus(
          plus(place!, fixed(padding[axis as 0 | 1])),
          times(tap!, -1),
        );
        const position = writer.value(indexText(moved));
        const s = stride[axis as 0 | 1];
        const size = dy.shape[2 + axis]!;
        const output = writer.value(s === 1 ? position : `${position} / ${s}u`);
        // What is below zero wraps to far beyond the image.
        conditions.push(`${output} < ${size}u`);
        if (s > 1) conditions.push(`${position} % ${s}u == 0u`);
        return symbol(output, size);
      }) as [Index, Index];
      const value = writer.name("p");
      writer.line(`var ${value} = 0.0f;`);
      writer.block(`if (${conditions.join(" && ")})`, () => {
        writer.line(`${value} = ${code.evaluate(dy, [image, o, i, j])};`);
      });
      return value;
    },
  };
}
