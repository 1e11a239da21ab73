import type { Homes, Kernel } from "../../wgsl/code.ts";
import { KernelCode } from "../../wgsl/code.ts";
import { type Index, symbol } from "../../wgsl/index.ts";
import { groupName } from "../context.ts";
import { loadVector, type OperandUse, vectorAxisOf } from "./block.ts";
import { bindTargets, type Job, storeSum } from "./result.ts";

/** Sizes of a product by broadcasts. */
export interface BroadcastTiling {
  /** Lanes of a subgroup, which is a workgroup. */
  readonly lanes: number;
  /** Rows of a tile: a multiple of the lanes. */
  readonly rows: number;
  /** Columns of a lane: a multiple of four. */
  readonly columnsEach: number;
}

/**
 * Products by one subgroup a workgroup: each lane holds some columns of the
 * right operand and one in so many rows of the left one, which the others get
 * by broadcasts. Nothing is shared, so nobody waits; made for software adapters,
 * where reading memory costs much and passing registers on nothing.
 */
export function broadcastKernel(
  job: Job,
  { homes, tiling }: { homes: Homes; tiling: BroadcastTiling },
): Kernel {
  const { group, problem, parts } = job;
  const { batch, m, n, k } = problem;
  const { lanes, rows, columnsEach } = tiling;
  const columns = lanes * columnsEach;
  const code = new KernelCode(homes);
  const { writer } = code;
  bindTargets(code, job);
  const tilesAcross = Math.ceil(n / columns);
  const tiles = tilesAcross * Math.ceil(m / rows);
  writer.line(`let part = group / ${tiles * batch}u;`);
  writer.line(`let batch = (group / ${tiles}u) % ${batch}u;`);
  writer.line(`let top = group % ${tiles}u / ${tilesAcross}u * ${rows}u;`);
  writer.line(`let side = group % ${tilesAcross}u * ${columns}u;`);
  const vectors = columnsEach / 4;
  for (let i = 0; i < rows; i++) {
    for (let v = 0; v < vectors; v++) {
      writer.line(`var s${i}_${v} = vec4<f32>();`);
    }
  }
  // What is read by fours is bound first.
  const right = openRight(code, job, { homes, tiling });
  const left = openLeft(code, job, { homes, tiling });
  writer.line(`let first = part * ${parts.terms}u;`);
  writer.line(`let stop = min(first + ${parts.terms}u, ${k}u);`);
  writer.block(`for (var step = first; step < stop; step++)`, () => {
    writer.line("let term = step;");
    const term = symbol("term", k);
    const rowsOf = left(term);
    const quads = right(term);
    for (let i = 0; i < rows; i++) {
      const value = writer.value(
        `subgroupBroadcast(${rowsOf[Math.floor(i / lanes)]!}, ${i % lanes}u)`,
      );
      quads.forEach((quad, v) =>
        writer.line(`s${i}_${v} += ${value} * ${quad};`)
      );
    }
  });
  storeColumns(code, job, { tiling });
  return code.finish({
    name: groupName(group),
    workgroupSize: lanes,
    workgroups: parts.count * batch * tiles,
    flops: 2 * batch * m * n * k,
  });
}

interface Sides {
  readonly homes: Homes;
  readonly tiling: BroadcastTiling;
}

/** Reads a term of the rows that this lane holds. */
function openLeft(
  code: KernelCode,
  { problem: { left, batch, m } }: Job,
  { tiling: { lanes, rows } }: Sides,
): (term: Index) => string[] {
  const { writer } = code;
  const opened = Array.from({ length: rows / lanes }, (_, i) => {
    const row = writer.value(`top + lane + ${i * lanes}u`);
    return left.open(code, {
      b: symbol("batch", batch),
      outer: symbol(row, m),
    });
  });
  return (term) => opened.map((read) => read(term));
}

/** Reads a term of this lane's columns, as vectors. */
function openRight(
  code: KernelCode,
  { problem: { right, batch, n, k } }: Job,
  { homes, tiling: { lanes, columnsEach } }: Sides,
): (term: Index) => string[] {
  const { writer } = code;
  const use: OperandUse = {
    operand: right,
    sizes: { batch, outer: n, k },
    homes,
  };
  const b = symbol("batch", batch);
  const axis = vectorAxisOf(code, use, ["outer"]);
  const firsts = Array.from(
    { length: columnsEach / 4 },
    (_, v) => `side + lane * 4u + ${v * 4 * lanes}u`,
  );
  if (axis === "outer") {
    const quads = firsts.map((first) => writer.value(`(${first}) / 4u`));
    return (other) =>
      quads.map((quad) => loadVector(code, use, { axis, b, quad, other }));
  }
  const opened = firsts.map((first) =>
    [0, 1, 2, 3].map((j) => {
      const column = writer.value(`${first} + ${j}u`);
      return right.open(code, { b, outer: symbol(column, n) });
    })
  );
  return (term) =>
    opened.map((quad) =>
      writer.value(`vec4<f32>(${quad.map((read) => read(term)).join(", ")})`)
    );
}

/**
 * Stores the sums of all rows and of this lane's columns, one after another:
 * what is computed from the sums stands once in the kernel.
 */
function storeColumns(
  code: KernelCode,
  job: Job,
  { tiling: { lanes, rows, columnsEach } }: { tiling: BroadcastTiling },
): void {
  const { writer } = code;
  const vectors = Array.from({ length: columnsEach / 4 }, (_, v) => v);
  writer.block(`for (var turn = 0u; turn < ${rows}u; turn++)`, () => {
    for (const v of vectors) writer.line(`var sums${v} = vec4<f32>();`);
    writer.block("switch turn", () => {
      for (let i = 0; i < rows; i++) {
        const label = i === rows - 1 ? "default" : `case ${i}u`;
        const moves = vectors.map((v) => `sums${v} = s${i}_${v};`);
        writer.line(`${label}: { ${moves.join(" ")} }`);
      }
    });
    writer.line("let row = top + turn;");
    writer.block(`for (var own = 0u; own < ${columnsEach}u; own++)`, () => {
      const column = `own / 4u * ${4 * lanes}u + lane * 4u + own % 4u`;
      writer.line(`let column = side + ${column};`);
      const sum = vectors.slice(1).reduce(
        (sum, v) => `select(${sum}, sums${v}, own >= ${4 * v}u)`,
        "sums0",
      );
      storeSum(code, job, writer.value(`(${sum})[own % 4u]`));
    });
  });
}
