import {
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../../tensor/mod.ts";
import { isLeaf } from "../../plan/graph.ts";
import { isInlineNorm } from "../../plan/few_rows.ts";
import type { KernelCode } from "../code.ts";
import type { Homes } from "../../wgsl/storage.ts";
import {
  delinearize,
  type Index,
  indexText,
  linearize,
  plus,
  symbol,
  times,
} from "../../wgsl/index.ts";
import { floatText } from "../../wgsl/writer.ts";
import { powerOfTwo } from "../context.ts";

type Norm = Node<"layer_norm" | "rms_norm">;

/** The norms that an expression computes on the way, operands first. */
function normsIn(tensor: Tensor, homes: Homes): Norm[] {
  const found = new Set<Norm>();
  const seen = new Set<Tensor>();
  visit(tensor);
  return [...found];
  function visit(node: Tensor): void {
    if (seen.has(node) || isLeaf(node) || homes.home(node) !== undefined) {
      return;
    }
    seen.add(node);
    node.inputs.forEach(visit);
    if (isInlineNorm(node)) found.add(node);
  }
}

/** Floats of shared memory that {@linkcode defineNorms} takes. */
export function statisticsFloats(operand: Tensor, homes: Homes): number {
  return normsIn(operand, homes)
    .reduce((sum, norm) => sum + 2 * rowsOf(norm), 0);
}

function rowsOf({ shape }: Norm): number {
  return sizeOf(shape) / shape.at(-1)!;
}

/**
 * Computes the statistics of the rows that an operand normalises, so that its
 * elements can be computed wherever the kernel reads them.
 */
export function defineNorms(
  code: KernelCode,
  operand: Tensor,
  { lanes, homes }: { lanes: number; homes: Homes },
): void {
  normsIn(operand, homes).forEach((norm, i) => {
    code.shared(`statistics${i}: array<vec2<f32>, ${rowsOf(norm)}>`);
    code.writer.block("", () => {
      writeStatistics(code, norm, { lanes, target: `statistics${i}` });
    });
    const leading = norm.shape.slice(0, -1);
    code.define(norm, (at) => {
      const row = indexText(linearize(at.slice(0, -1), leading));
      return normalized(code, norm, {
        at,
        statistics: `statistics${i}[${row}]`,
      });
    });
  });
}

/** Mean and inverse deviation of each row: some lanes a row. */
function writeStatistics(
  code: KernelCode,
  norm: Norm,
  { lanes, target }: { lanes: number; target: string },
): void {
  const { writer } = code;
  const rows = rowsOf(norm);
  const perRow = lanes / powerOfTwo(rows);
  writer.line(`let within = lane % ${perRow}u;`);
  writer.line(`let line = min(lane / ${perRow}u, ${rows - 1}u);`);
  writeRowStatistics(code, norm, { perRow, target });
}

/** Mean and inverse deviation of row `line`: sums of its lanes as trees. */
function writeRowStatistics(
  code: KernelCode,
  norm: Norm,
  { perRow, target }: { perRow: number; target: string },
): void {
  const { writer } = code;
  const size = norm.shape.at(-1)!;
  const rows = rowsOf(norm);
  const position = plus(
    times(symbol("line", rows), size),
    symbol("e", size),
  );
  const at = delinearize(position, norm.shape);
  const mean = (value: (x: string) => string) => {
    writer.line("total = 0.0f;");
    const head = `for (var e = within; e < ${size}u; e += ${perRow}u)`;
    writer.block(head, () => {
      const x = code.evaluate(norm.inputs[0]!, at);
      writer.line(`total += ${value(x)};`);
    });
    writer.line("totals[lane] = total;");
    writer.line("workgroupBarrier();");
    writer.block(
      `for (var half = ${perRow >> 1}u; half > 0u; half /= 2u)`,
      () => {
        writer.line(
          "if (within < half) { totals[lane] += totals[lane + half]; }",
        );
        writer.line("workgroupBarrier();");
      },
    );
    const result = writer.value(
      `totals[lane - within] / ${floatText(size)}`,
    );
    // The memory is used again for the next mean.
    writer.line("workgroupBarrier();");
    return result;
  };
  writer.line("var total = 0.0f;");
  const centre = isOp(norm, "layer_norm") ? mean((x) => x) : "0.0f";
  const variance = mean((x) => `(${x} - ${centre}) * (${x} - ${centre})`);
  const { epsilon } = norm.attributes;
  const inverse = `1.0f / sqrt(${variance} + ${floatText(epsilon)})`;
  writer.block("if (within == 0u)", () => {
    writer.line(`${target}[line] = vec2<f32>(${centre}, ${inverse});`);
  });
  writer.line("workgroupBarrier();");
}

/** An element of a norm: w (x - mean) / deviation, + b where there is one. */
function normalized(
  code: KernelCode,
  norm: Norm,
  { at, statistics }: { at: readonly Index[]; statistics: string },
): string {
  const [x, ...vectors] = norm.inputs as [Tensor, ...Tensor[]];
  const [weight, bias] = vectors.map((vector) =>
    code.evaluate(vector, [at.at(-1)!])
  );
  const own = code.writer.value(statistics);
  const value = `(${code.evaluate(x, at)} - ${own}.x) * ${own}.y * ${weight}`;
  return bias === undefined ? value : `${value} + ${bias}`;
}
