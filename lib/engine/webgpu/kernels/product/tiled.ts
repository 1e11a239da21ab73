import type { Kernel } from "../code.ts";
import type { Homes } from "../../wgsl/storage.ts";
import { KernelCode } from "../code.ts";
import { groupName } from "../context.ts";
import type { Problem } from "./problem.ts";
import { bindTargets, type Job, storeSum } from "./result.ts";
import { stageTile } from "./stage.ts";

/** Sizes of a tiled product: all multiples of four. */
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

/** Invocations of a workgroup. */
export function workgroupOf(
  { rows, columns, rowsEach, columnsEach }: Tiling,
): number {
  return rows * columns / rowsEach / columnsEach;
}

/** Bytes of shared memory. */
export function sharedBytesOf({ rows, columns, depth, rowsEach }: Tiling) {
  return 4 * (depth * (rows + columns) + rows / rowsEach * columns);
}

/** Products by tiles that a workgroup stages in shared memory. */
export function tiledKernel(
  job: Job,
  { homes, tiling }: { homes: Homes; tiling: Tiling },
): Kernel {
  const { problem, parts, group } = job;
  const { batch, m, n, k } = problem;
  const { rows, columns, depth, rowsEach, columnsEach } = tiling;
  const workgroupSize = workgroupOf(tiling);
  const code = new KernelCode(homes);
  const { writer } = code;
  bindTargets(code, job);
  const tilesAcross = Math.ceil(n / columns);
  const tilesDown = Math.ceil(m / rows);
  const tiles = tilesAcross * tilesDown;
  code.shared(`left: array<vec4<f32>, ${rows * depth / 4}>`);
  code.shared(`right: array<vec4<f32>, ${depth * columns / 4}>`);
  code.shared(`results: array<vec4<f32>, ${rows / rowsEach * columns / 4}>`);
  writer.line(`let part = group / ${tiles * batch}u;`);
  writer.line(`let batch = (group / ${tiles}u) % ${batch}u;`);
  writer.line(
    `let top = (group / ${tilesAcross}u) % ${tilesDown}u * ${rows}u;`,
  );
  writer.line(`let side = group % ${tilesAcross}u * ${columns}u;`);
  writer.line(`let down = lane / ${columns / columnsEach}u;`);
  writer.line(`let across = lane % ${columns / columnsEach}u;`);
  for (let i = 0; i < rowsEach; i++) {
    for (let v = 0; v < columnsEach / 4; v++) {
      writer.line(`var s${i}_${v} = vec4<f32>();`);
    }
  }
  writer.line(`let first = part * ${parts.terms}u;`);
  writer.line(`let stop = min(first + ${parts.terms}u, ${k}u);`);
  const head = `for (var start = first; start < stop; start += ${depth}u)`;
  writer.block(head, () => {
    stageTiles(code, problem, { homes, tiling });
    writer.line("workgroupBarrier();");
    writer.block(
      `for (var t = 0u; t < ${depth}u; t++)`,
      () => multiply(code, tiling),
    );
    writer.line("workgroupBarrier();");
  });
  storeTile(code, job, tiling);
  return code.finish({
    name: groupName(group),
    workgroupSize,
    workgroups: parts.count * batch * tiles,
    flops: 2 * batch * m * n * k,
  });
}

/** Copies the next terms of both operands to shared memory. */
function stageTiles(
  code: KernelCode,
  { left, right, batch, m, n, k }: Problem,
  { homes, tiling }: { homes: Homes; tiling: Tiling },
): void {
  const { rows, columns, depth } = tiling;
  const tile = {
    depth,
    workgroupSize: workgroupOf(tiling),
    start: "start",
    stop: "stop",
    isFull: k % depth === 0,
  };
  stageTile(
    code,
    { operand: left, sizes: { batch, outer: m, k }, homes },
    { ...tile, name: "left", size: rows, origin: "top" },
  );
  stageTile(
    code,
    { operand: right, sizes: { batch, outer: n, k }, homes },
    { ...tile, name: "right", size: columns, origin: "side" },
  );
}

/** Adds the products of one term: rows and columns of an invocation lie a quarter tile or so apart. */
function multiply(
  { writer }: KernelCode,
  { rows, columns, rowsEach, columnsEach }: Tiling,
): void {
  const [downs, acrosses] = [rows / rowsEach, columns / columnsEach];
  for (let q = 0; q < rowsEach / 4; q++) {
    const at = `t * ${rows / 4}u + down + ${q * downs}u`;
    writer.line(`let a${q} = left[${at}];`);
  }
  for (let v = 0; v < columnsEach / 4; v++) {
    const at = `t * ${columns / 4}u + across + ${v * acrosses}u`;
    writer.line(`let c${v} = right[${at}];`);
  }
  for (let i = 0; i < rowsEach; i++) {
    for (let v = 0; v < columnsEach / 4; v++) {
      writer.line(`s${i}_${v} += a${Math.floor(i / 4)}[${i % 4}] * c${v};`);
    }
  }
}

/**
 * Stores the sums of a tile by way of shared memory, one row of each invocation
 * at a time: neighbours in memory are written together, and what is computed
 * from the sums stands once in the kernel.
 */
function storeTile(code: KernelCode, job: Job, tiling: Tiling): void {
  const { writer } = code;
  const { rows, columns, rowsEach, columnsEach } = tiling;
  const [downs, acrosses] = [rows / rowsEach, columns / columnsEach];
  const cells = downs * columns;
  const workgroupSize = workgroupOf(tiling);
  writer.block(`for (var turn = 0u; turn < ${rowsEach}u; turn++)`, () => {
    writer.block("switch turn", () => {
      for (let i = 0; i < rowsEach; i++) {
        const label = i === rowsEach - 1 ? "default" : `case ${i}u`;
        writer.block(`${label}:`, () => {
          for (let v = 0; v < columnsEach / 4; v++) {
            const at = `down * ${columns / 4}u + across + ${v * acrosses}u`;
            writer.line(`results[${at}] = s${i}_${v};`);
          }
        });
      }
    });
    writer.line("workgroupBarrier();");
    const loop =
      `for (var cell = lane; cell < ${cells}u; cell += ${workgroupSize}u)`;
    writer.block(loop, () => {
      const local = `cell / ${columns}u + turn / 4u * ${downs}u`;
      writer.line(`let row = top + (${local}) * 4u + turn % 4u;`);
      writer.line(`let column = side + cell % ${columns}u;`);
      storeSum(code, job, "results[cell / 4u][cell % 4u]");
    });
    writer.line("workgroupBarrier();");
  });
}
