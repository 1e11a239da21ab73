import type { Kernel } from "../code.ts";
import type { Homes } from "../../wgsl/storage.ts";
import { KernelCode } from "../code.ts";
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
  // Cached attention reads none: Mesa 22.3 does not finish compiling it so.
  const code = new KernelCode(homes, { images: true });
  const { writer } = code;
  bindTargets(code, job);
  const tiles = placeTile(code, job, tiling);
  const vectors = columnsEach / 4;
  for (let i = 0; i < rows; i++) {
    for (let v = 0; v < vectors; v++) {
      writer.line(`var s${i}_${v} = vec4<f32>();`);
    }
  }
  const terms = k % 4 === 0 ? 4 : 1;
  // What is read by fours is bound first.
  const right = openRight(code, job, { homes, tiling, terms });
  const left = openLeft(code, job, { homes, tiling, terms });
  writer.line(`let first = part * ${parts.terms}u;`);
  writer.line(`let stop = min(first + ${parts.terms}u, ${k}u);`);
  const head = `for (var step = first; step < stop; step += ${terms}u)`;
  writer.block(head, () => {
    if (terms === 4) writer.line("let quad = step / 4u;");
    const rowsOf = left();
    const quadsOf = right();
    const read = Array.from({ length: terms }, (_, t) => {
      const term = symbol(writer.value(`step + ${t}u`), k);
      return { rowOf: rowsOf(term, t), quads: quadsOf(term, t) };
    });
    // A row's sums stay in registers for all terms; those of a tile do not fit.
    for (let i = 0; i < rows; i++) {
      for (const { rowOf, quads } of read) {
        const { held, by } = rowOf(i);
        const value = writer.value(`subgroupShuffle(${held}, ${by}u)`);
        quads.forEach((quad, v) =>
          writer.line(`s${i}_${v} += ${value} * ${quad};`)
        );
      }
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

/** Bytes of the right operand that stay in a core's cache while rows go by. */
const PANEL_BYTES = 192 * 1024;

/**
 * Finds a workgroup's tile: panels of columns one after another, in each of them
 * the rows from top to bottom.
 *
 * @returns tiles of a matrix
 */
function placeTile(
  { writer }: KernelCode,
  { problem: { batch, m, n, k } }: Job,
  { lanes, rows, columnsEach }: BroadcastTiling,
): number {
  const columns = lanes * columnsEach;
  const [down, across] = [Math.ceil(m / rows), Math.ceil(n / columns)];
  const tiles = down * across;
  const most = Math.floor(PANEL_BYTES / (4 * k * columns));
  const width = Math.max(1, Math.min(across, most));
  writer.line(`let part = group / ${tiles * batch}u;`);
  writer.line(`let batch = (group / ${tiles}u) % ${batch}u;`);
  writer.line(`let tile = group % ${tiles}u;`);
  writer.line(`let panel = tile / ${down * width}u;`);
  writer.line(`let own = tile % ${down * width}u;`);
  writer.line(`let wide = min(${width}u, ${across}u - panel * ${width}u);`);
  writer.line(`let top = own / wide * ${rows}u;`);
  writer.line(`let side = (panel * ${width}u + own % wide) * ${columns}u;`);
  return tiles;
}

interface Sides {
  readonly homes: Homes;
  readonly tiling: BroadcastTiling;
  /** Terms of a turn of the loop: four where fours can be read along them. */
  readonly terms: number;
}

/** Begins a turn and returns what reads its term number `t`. */
type OpenTerms<T> = () => (term: Index, t: number) => T;

/** An element of a row of the tile: what holds it, and in which lane. */
type RowOf = (row: number) => { readonly held: string; readonly by: number };

/** Reads the rows: each lane some of them, or some terms of all. */
function openLeft(
  code: KernelCode,
  { problem: { left, batch, m, k } }: Job,
  { homes, tiling: { lanes, rows }, terms }: Sides,
): OpenTerms<RowOf> {
  const { writer } = code;
  const use = { operand: left, sizes: { batch, outer: m, k }, homes };
  const b = symbol("batch", batch);
  const quads = rows / 4;
  const termsEach = lanes / quads;
  const axis = vectorAxisOf(code, use, [
    "k",
    ...(terms % termsEach === 0 ? ["outer"] as const : []),
  ]);
  if (axis === "outer") {
    const quad = writer.value(`top / 4u + lane % ${quads}u`);
    return () => {
      const fours = Array.from({ length: terms / termsEach }, (_, i) => {
        const place = `step + lane / ${quads}u + ${i * termsEach}u`;
        const other = symbol(writer.value(place), k);
        return loadVector(code, use, { axis, b, quad, other });
      });
      return (_, t) => (row) => ({
        held: `${fours[Math.floor(t / termsEach)]}[${row % 4}]`,
        by: t % termsEach * quads + Math.floor(row / 4),
      });
    };
  }
  const own = Array.from(
    { length: rows / lanes },
    (_, i) => symbol(writer.value(`top + lane + ${i * lanes}u`), m),
  );
  const rowOf = (held: readonly string[]): RowOf => (row) => ({
    held: held[Math.floor(row / lanes)]!,
    by: row % lanes,
  });
  if (axis === "k") {
    return () => {
      const fours = own.map((other) =>
        loadVector(code, use, { axis, b, quad: "quad", other })
      );
      return (_, t) => rowOf(fours.map((four) => `${four}[${t}]`));
    };
  }
  const opened = own.map((outer) => left.open(code, { b, outer }));
  return () => (term) => rowOf(opened.map((read) => read(term)));
}

/** Reads this lane's columns, as vectors. */
function openRight(
  code: KernelCode,
  { problem: { right, batch, n, k } }: Job,
  { homes, tiling: { lanes, columnsEach } }: Sides,
): OpenTerms<string[]> {
  const { writer } = code;
  const use: OperandUse = {
    operand: right,
    sizes: { batch, outer: n, k },
    homes,
  };
  const b = symbol("batch", batch);
  const axis = vectorAxisOf(code, use, ["outer", "k"]);
  const firsts = Array.from(
    { length: columnsEach / 4 },
    (_, v) => `side + lane * 4u + ${v * 4 * lanes}u`,
  );
  if (axis === "outer") {
    const quads = firsts.map((first) => writer.value(`(${first}) / 4u`));
    return () => (other) =>
      quads.map((quad) => loadVector(code, use, { axis, b, quad, other }));
  }
  const columns = firsts.map((first) =>
    [0, 1, 2, 3].map((j) => symbol(writer.value(`${first} + ${j}u`), n))
  );
  if (axis === "k") {
    return () => {
      const fours = columns.map((quad) =>
        quad.map((other) =>
          loadVector(code, use, { axis, b, quad: "quad", other })
        )
      );
      return (_, t) =>
        fours.map((quad) => joined(quad.map((c) => `${c}[${t}]`)));
    };
  }
  const opened = columns.map((quad) =>
    quad.map((outer) => right.open(code, { b, outer }))
  );
  return () => (term) =>
    opened.map((quad) => writer.value(joined(quad.map((read) => read(term)))));
}

function joined(numbers: readonly string[]): string {
  return `vec4<f32>(${numbers.join(", ")})`;
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
