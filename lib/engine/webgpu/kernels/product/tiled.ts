import type { Group } from "../../plan/group.ts";
import { type Kernel, KernelCode } from "../../wgsl/code.ts";
import { symbol } from "../../wgsl/index.ts";
import { groupName, type KernelContext, writeStores } from "../context.ts";
import { type Problem, problemOf } from "./problem.ts";

/** Sizes of a tiled product. */
export interface Tiling {
  /** Rows and columns of a workgroup's tile. */
  readonly rows: number;
  readonly columns: number;
  /** Terms that are staged at a time. */
  readonly depth: number;
  /** Rows and columns of one invocation. */
  readonly rowsEach: number;
  readonly columnsEach: number;
}

const TILING: Tiling = {
  rows: 32,
  columns: 32,
  depth: 16,
  rowsEach: 4,
  columnsEach: 4,
};

/** Products by tiles that a workgroup stages in shared memory. */
export function productKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const problem = problemOf(group.anchors[0]!);
  return [tiledKernel(group, context, { problem, tiling: TILING })];
}

function tiledKernel(
  group: Group,
  { homes }: KernelContext,
  { problem, tiling }: { problem: Problem; tiling: Tiling },
): Kernel {
  const { batch, m, n, k } = problem;
  const { rows, columns, depth, rowsEach, columnsEach } = tiling;
  const across = columns / columnsEach;
  const workgroupSize = across * rows / rowsEach;
  const code = new KernelCode(homes);
  const { writer } = code;
  code.shared(`left: array<f32, ${rows * depth}>`);
  code.shared(`right: array<f32, ${depth * columns}>`);
  const tilesAcross = Math.ceil(n / columns);
  const tilesDown = Math.ceil(m / rows);
  writer.line(`let b = group / ${tilesAcross * tilesDown}u;`);
  writer.line(`let down = (group / ${tilesAcross}u) % ${tilesDown}u;`);
  writer.line(`let right_tile = group % ${tilesAcross}u;`);
  writer.line(`let row = (lane / ${across}u) * ${rowsEach}u;`);
  writer.line(`let column = (lane % ${across}u) * ${columnsEach}u;`);
  writer.line(`var sums: array<f32, ${rowsEach * columnsEach}>;`);
  const b = symbol("b", batch);
  const loop = `for (var start = 0u; start < ${k}u; start += ${depth}u)`;
  writer.block(loop, () => {
    stage(code, { name: "left", size: rows, depth, workgroupSize }, {
      limits: { outer: m, k },
      origin: `down * ${rows}u`,
      load: (outer, term) =>
        problem.left(code, {
          b,
          outer: symbol(outer, m),
          k: symbol(term, k),
        }),
    });
    stage(code, { name: "right", size: columns, depth, workgroupSize }, {
      limits: { outer: n, k },
      origin: `right_tile * ${columns}u`,
      load: (outer, term) =>
        problem.right(code, {
          b,
          outer: symbol(outer, n),
          k: symbol(term, k),
        }),
    });
    writer.line("workgroupBarrier();");
    writer.block(`for (var t = 0u; t < ${depth}u; t++)`, () => {
      for (let i = 0; i < rowsEach; i++) {
        writer.line(`let a${i} = left[t * ${rows}u + row + ${i}u];`);
      }
      for (let j = 0; j < columnsEach; j++) {
        writer.line(`let c${j} = right[t * ${columns}u + column + ${j}u];`);
      }
      for (let i = 0; i < rowsEach; i++) {
        for (let j = 0; j < columnsEach; j++) {
          writer.line(`sums[${i * columnsEach + j}] += a${i} * c${j};`);
        }
      }
    });
    writer.line("workgroupBarrier();");
  });
  for (const member of group.members.keys()) code.compute(member);
  for (let i = 0; i < rowsEach; i++) {
    for (let j = 0; j < columnsEach; j++) {
      writer.block("", () => {
        writer.line(`let m = down * ${rows}u + row + ${i}u;`);
        writer.line(`let n = right_tile * ${columns}u + column + ${j}u;`);
        writer.block(`if (m < ${m}u && n < ${n}u)`, () => {
          writeStores(code, group, [`sums[${i * columnsEach + j}]`]);
        });
      });
    }
  }
  return code.finish({
    name: groupName(group),
    workgroupSize,
    workgroups: batch * tilesAcross * tilesDown,
    flops: 2 * batch * m * n * k,
  });
}

/** Copies a tile of an operand to shared memory, zeros past its ends. */
function stage(
  code: KernelCode,
  { name, size, depth, workgroupSize }: {
    name: string;
    size: number;
    depth: number;
    workgroupSize: number;
  },
  { limits, origin, load }: {
    limits: { outer: number; k: number };
    origin: string;
    load(outer: string, k: string): string;
  },
): void {
  const { writer } = code;
  const cells = size * depth;
  const head =
    `for (var cell = lane; cell < ${cells}u; cell += ${workgroupSize}u)`;
  writer.block(head, () => {
    const outer = writer.value(`${origin} + cell % ${size}u`);
    const term = writer.value(`start + cell / ${size}u`);
    const value = writer.name("staged");
    writer.line(`var ${value} = 0.0f;`);
    writer.block(
      `if (${outer} < ${limits.outer}u && ${term} < ${limits.k}u)`,
      () => writer.line(`${value} = ${load(outer, term)};`),
    );
    writer.line(`${name}[cell] = ${value};`);
  });
}
