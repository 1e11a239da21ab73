import {
  type CompositeName,
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { domainOf } from "../plan/domain.ts";
import type { Group } from "../plan/group.ts";
import { rowSize } from "../plan/rows.ts";
import { type Kernel, KernelCode } from "./code.ts";
import { type Index, substitute, symbol } from "../wgsl/index.ts";
import { floatText } from "../wgsl/writer.ts";
import {
  groupName,
  type KernelContext,
  powerOfTwo,
  readsMany,
  writeStores,
} from "./context.ts";

type RowOp = Extract<CompositeName, "softmax" | `${string}_norm${string}`>;

/** Invocations of a workgroup, which short rows share; long rows get more. */
const WORKGROUP = 64;

/** Invocations that one row gets at most. */
const LONGEST = 256;

/** Writes one row's result from statistics of the whole row. */
type WriteRow = (
  row: Row,
  node: Node<RowOp>,
) => (at: readonly Index[]) => string;

const WRITE_ROW: { readonly [K in RowOp]: WriteRow } = {
  softmax: (row) => {
    const { code } = row;
    const exponential = code.call("exponential");
    const largest = row.reduce("max", (at) => row.input(0, at));
    const shifted = (at: readonly Index[]) =>
      `${exponential}(${row.input(0, at)} - ${largest})`;
    const total = row.reduce("sum", shifted);
    return (at) => `${shifted(at)} / ${total}`;
  },
  rms_norm: (row, node) => {
    const inverse = inverseDeviation(row, node, "0.0f");
    return (at) =>
      `${row.input(0, at)} * ${inverse} * ${weightAt(row, node, { at })}`;
  },
  layer_norm: writeNorm,
  group_norm: writeNorm,
  rms_norm_dx: (row, node) => {
    const inverse = inverseDeviation(row, node, "0.0f");
    return writeCotangent(row, node, { mean: "0.0f", inverse, shift: "0.0f" });
  },
  layer_norm_dx: writeNormCotangent,
  group_norm_dx: writeNormCotangent,
};

/** w (x - mean) / deviation + b. */
function writeNorm(row: Row, node: Node<RowOp>) {
  const mean = row.mean((at) => row.input(0, at));
  const inverse = inverseDeviation(row, node, mean);
  return (at: readonly Index[]) =>
    `(${row.input(0, at)} - ${mean}) * ${inverse} * ` +
    `${weightAt(row, node, { at })} + ${weightAt(row, node, { at, input: 2 })}`;
}

/** The mean does not move either, so its share of the cotangent goes too. */
function writeNormCotangent(row: Row, node: Node<RowOp>) {
  const mean = row.mean((at) => row.input(0, at));
  const inverse = inverseDeviation(row, node, mean);
  const shift = row.mean((at) =>
    `${row.input(2, at)} * ${weightAt(row, node, { at })}`
  );
  return writeCotangent(row, node, { mean, inverse, shift });
}

/** inverse (g - normalized mean(g normalized)), g = dy w - shift. */
function writeCotangent(
  row: Row,
  node: Node<RowOp>,
  { mean, inverse, shift }: { mean: string; inverse: string; shift: string },
) {
  const normalized = (at: readonly Index[]) =>
    `((${row.input(0, at)} - ${mean}) * ${inverse})`;
  const scaled = (at: readonly Index[]) =>
    `(${row.input(2, at)} * ${weightAt(row, node, { at })} - ${shift})`;
  const along = row.mean((at) => `${scaled(at)} * ${normalized(at)}`);
  return (at: readonly Index[]) =>
    `${inverse} * (${scaled(at)} - ${normalized(at)} * ${along})`;
}

/** 1 / sqrt(mean of (x - mean)^2 + epsilon). */
function inverseDeviation(row: Row, node: Node<RowOp>, mean: string): string {
  const { epsilon } = node.attributes as { readonly epsilon: number };
  const variance = row.mean((at) => {
    const centred = row.code.writer.value(`${row.input(0, at)} - ${mean}`);
    return `${centred} * ${centred}`;
  });
  const { writer } = row.code;
  return writer.value(`1.0f / sqrt(${variance} + ${floatText(epsilon)})`);
}

/** The weight (or bias) of an element: by channel for groups, else by place in the row. */
function weightAt(
  row: Row,
  node: Node<RowOp>,
  { at, input = 1 }: { at: readonly Index[]; input?: number },
): string {
  const grouped = isOp(node, "group_norm") || isOp(node, "group_norm_dx");
  const place = grouped ? at[1]! : at.at(-1)!;
  return row.code.evaluate(node.inputs[input]!, [place]);
}

/** Elements of a row that a lane keeps in registers at most. */
const KEPT = 8;

/** One row that the lanes of a workgroup share. */
class Row {
  readonly code: KernelCode;
  readonly #node: Tensor;
  readonly #size: number;
  readonly #lanes: number;
  readonly #domain: readonly Index[];

  constructor(code: KernelCode, node: Tensor, lanes: number) {
    this.code = code;
    this.#node = node;
    this.#size = rowSize(node);
    this.#lanes = lanes;
    this.#domain = domainOf(node);
  }

  /** An element of an input of the row's shape. */
  input(i: number, at: readonly Index[]): string {
    return this.code.evaluate(this.#node.inputs[i]!, at);
  }

  /** Elements of one lane. */
  get #each(): number {
    return Math.ceil(this.#size / this.#lanes);
  }

  /** Whether what a lane reads is kept: else each statistic reads it again. */
  get #keeps(): boolean {
    return this.#each <= KEPT;
  }

  /** Coordinates of the elements of this lane, the last one again past the end. */
  #kept(): Index[][] {
    const { writer } = this.code;
    return Array.from({ length: this.#each }, (_, j) => {
      const own = `own + ${j * this.#lanes}u`;
      const name = writer.once(
        `kept ${j}`,
        () => writer.value(`min(${own}, ${this.#size - 1}u)`, "e"),
      );
      const place = symbol(name, this.#size);
      return this.#domain.map((c) => substitute(c, "e", place));
    });
  }

  /** Writes `total = next(total, value)` for each element of this lane. */
  #accumulate(
    value: (at: readonly Index[]) => string,
    { total, start, combine }: {
      total: string;
      start: string;
      combine(a: string, b: string): string;
    },
  ): void {
    const { writer } = this.code;
    if (!this.#keeps) {
      const head =
        `for (var e = own; e < ${this.#size}u; e += ${this.#lanes}u)`;
      writer.block(head, () => {
        writer.line(`${total} = ${combine(total, value(this.#domain))};`);
      });
      return;
    }
    this.#kept().forEach((at, j) => {
      const isWhole = (j + 1) * this.#lanes <= this.#size;
      const own = `own + ${j * this.#lanes}u < ${this.#size}u`;
      const each = isWhole
        ? value(at)
        : `select(${start}, ${value(at)}, ${own})`;
      writer.line(`${total} = ${combine(total, each)};`);
    });
  }

  /** Runs `body` with a value of each element of this lane, where `e` says which. */
  forEach(
    value: (at: readonly Index[]) => string,
    body: (value: string) => void,
  ): void {
    const { writer } = this.code;
    if (!this.#keeps) {
      const head =
        `for (var e = own; e < ${this.#size}u; e += ${this.#lanes}u)`;
      writer.block(head, () => body(writer.value(value(this.#domain))));
      return;
    }
    this.#kept().forEach((at, j) => {
      const name = writer.value(value(at));
      writer.block(`if (own + ${j * this.#lanes}u < ${this.#size}u)`, () => {
        writer.line(`let e = own + ${j * this.#lanes}u;`);
        body(name);
      });
    });
  }

  /** Combines a value of every element: a variable that all lanes know. */
  reduce(
    kind: "sum" | "max",
    value: (at: readonly Index[]) => string,
  ): string {
    const { writer } = this.code;
    const total = writer.name("total");
    const start = kind === "sum" ? "0.0f" : floatText(-Infinity);
    const combine = (a: string, b: string) =>
      kind === "sum" ? `${a} + ${b}` : `max(${a}, ${b})`;
    writer.line(`var ${total} = ${start};`);
    this.#accumulate(value, { total, start, combine });
    if (this.#lanes === 1) return total;
    writer.line(`totals[lane] = ${total};`);
    for (let half = this.#lanes / 2; half >= 1; half /= 2) {
      writer.line("workgroupBarrier();");
      writer.block(`if (own < ${half}u)`, () => {
        const sum = combine("totals[lane]", `totals[lane + ${half}u]`);
        writer.line(`totals[lane] = ${sum};`);
      });
    }
    writer.line("workgroupBarrier();");
    writer.line(`${total} = totals[lane - own];`);
    // The memory is used again for the next total.
    writer.line("workgroupBarrier();");
    return total;
  }

  /** Mean of a value over the row. */
  mean(value: (at: readonly Index[]) => string): string {
    const total = this.reduce("sum", value);
    return this.code.writer.value(`${total} / ${floatText(this.#size)}`);
  }
}

/** Softmax and norms, forward and backward: statistics of a row, then its elements. */
export function rowKernels(group: Group, { homes }: KernelContext): Kernel[] {
  const node = group.anchors[0] as Node<RowOp>;
  const size = rowSize(node);
  const rows = sizeOf(node.shape) / size;
  const lanes = Math.min(LONGEST, powerOfTwo(Math.ceil(size / KEPT)));
  const workgroupSize = Math.max(WORKGROUP, lanes);
  const perGroup = workgroupSize / lanes;
  const code = new KernelCode(homes, { images: readsMany(sizeOf(node.shape)) });
  const { writer } = code;
  if (lanes > 1) code.shared(`totals: array<f32, ${workgroupSize}>`);
  writer.line(`let own = lane % ${lanes}u;`);
  writer.line(`let wanted = group * ${perGroup}u + lane / ${lanes}u;`);
  // Lanes past the last row work on it too: they must meet the barriers.
  writer.line(`let r = min(wanted, ${rows - 1}u);`);
  const row = new Row(code, node, lanes);
  const result = WRITE_ROW[node.op](row, node);
  writer.line(`if (wanted >= ${rows}u) { return; }`);
  for (const member of group.members.keys()) code.compute(member);
  row.forEach(result, (value) => writeStores(code, group, [value]));
  return [code.finish({
    name: groupName(group),
    workgroupSize,
    workgroups: Math.ceil(rows / perGroup),
    flops: 8 * sizeOf(node.shape),
  })];
}
