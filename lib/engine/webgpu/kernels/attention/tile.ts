import type { Tensor } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../../wgsl/code.ts";
import { delinearize, fixed, plus, symbol, times } from "../../wgsl/index.ts";
import { type KernelLimits, powerOfTwo } from "../context.ts";

/** Vectors of four that a workgroup shares: 16 KiB, as much as every adapter has. */
const TILE_VECTORS = 1024;

/** Rows that are scored in registers at a time. */
export const BLOCK = 8;

/** Lanes of all workgroups from which on a machine counts as busy. */
const ENOUGH_LANES = 32768;

/** Sizes of an attention: all heads of all batches are one axis. */
export interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
}

/** Sizes of an attention or of one of its gradients, by its queries and keys. */
export function sizesOf(q: Tensor, k: Tensor): Sizes {
  const [batch, heads, queries, width] = q.shape as [
    number,
    number,
    number,
    number,
  ];
  return { batch, heads, queries, keys: k.shape[2]!, width };
}

/**
 * How a workgroup works: each lane has a row of its own side (queries forward)
 * in registers and meets the rows of the other side, staged in shared memory.
 */
export interface Layout {
  readonly sizes: Sizes;
  /** Rows of the own side, and how many a workgroup takes. */
  readonly length: number;
  readonly rows: number;
  /** Workgroups that one head takes. */
  readonly tiles: number;
  /** Rows of the other side, and how many are staged at a time. */
  readonly others: number;
  readonly staged: number;
  /** Vectors of four of one row. */
  readonly chunks: number;
  /** Lanes that share one own row: each meets some blocks of the staged ones. */
  readonly splits: number;
  /**
   * Whether a lane reads one staged row and the others ask it for the values:
   * where a subgroup is a block wide, reads of memory cost more than that.
   */
  readonly broadcasts: boolean;
}

/**
 * @param options.length rows of the own side
 * @param options.others rows of the other side
 * @param options.results own rows that a lane collects
 */
export function layoutOf(
  sizes: Sizes,
  { length, others, results, limits }: {
    length: number;
    others: number;
    results: number;
    limits: KernelLimits;
  },
): Layout {
  const chunks = Math.ceil(sizes.width / 4);
  const most = TILE_VECTORS / (results * powerOfTwo(chunks));
  const rows = Math.max(
    BLOCK,
    Math.min(32, most, powerOfTwo(length)),
  );
  const staged = Math.max(
    BLOCK,
    Math.min(32, TILE_VECTORS / (2 * powerOfTwo(chunks)), powerOfTwo(others)),
  );
  const tiles = Math.ceil(length / rows);
  const broadcasts = limits.subgroupSize === BLOCK;
  const lanes = sizes.batch * sizes.heads * tiles * rows;
  // Half of the lanes leave their results to the other half in the tile.
  const room = TILE_VECTORS / (rows * chunks);
  const splits = broadcasts ? 1 : Math.min(
    powerOfTwo(ENOUGH_LANES / lanes),
    room < 1 ? 1 : 2 ** Math.floor(Math.log2(2 * room)),
    staged / BLOCK,
    4,
  );
  return {
    sizes,
    length,
    rows,
    tiles,
    others,
    staged,
    chunks,
    splits,
    broadcasts,
  };
}

/** Declares the shared tile and the variables that all kernels of attention use. */
export function beginTiles(code: KernelCode, layout: Layout): void {
  const { rows, tiles } = layout;
  const { writer } = code;
  code.shared(`tile: array<vec4<f32>, ${tileVectors(layout)}>`);
  writer.line(`let h = group / ${tiles}u;`);
  writer.line(`let first = (group % ${tiles}u) * ${rows}u;`);
  writer.line(`let own = lane % ${rows}u;`);
  writer.line(`let part = lane / ${rows}u;`);
}

function tileVectors({ rows, staged, chunks, splits }: Layout): number {
  // Two rows of results at most lie there in the end.
  return Math.max(
    2 * staged * chunks,
    rows * chunks * Math.max(2, splits / 2),
  );
}

/** Invocations of a workgroup. */
export function workgroupOf({ rows, splits }: Layout): number {
  return rows * splits;
}

/** The value of four neighbours of a head's row, zeros past its width. */
export function loadVector(
  code: KernelCode,
  operand: Tensor,
  { row, chunk, sizes }: { row: string; chunk: string; sizes: Sizes },
): string {
  const { batch, heads, width } = sizes;
  const { writer } = code;
  const [b, head] = delinearize(symbol("h", batch * heads), [batch, heads]);
  const at = [b!, head!, symbol(row, operand.shape[2]!)];
  const values = [0, 1, 2, 3].map((j) => {
    if (width % 4 === 0) {
      const whole = times(symbol(chunk, width / 4), 4);
      return code.evaluate(operand, [...at, plus(whole, fixed(j))]);
    }
    const element = writer.value(`4u * ${chunk} + ${j}u`);
    const value = writer.name("p");
    writer.line(`var ${value} = 0.0f;`);
    writer.block(`if (${element} < ${width}u)`, () => {
      const place = symbol(element, width);
      writer.line(`${value} = ${code.evaluate(operand, [...at, place])};`);
    });
    return value;
  });
  return `vec4<f32>(${values.join(", ")})`;
}

/** Copies rows of an operand to the tile, zeros past its end. */
export function stageRows(
  code: KernelCode,
  operand: Tensor,
  { layout, from, count, limit, offset = 0 }: {
    layout: Layout;
    /** Expression of the first row. */
    from: string;
    count: number;
    /** Rows that there are. */
    limit: number;
    /** First vector of the tile. */
    offset?: number;
  },
): void {
  const { chunks, sizes } = layout;
  const { writer } = code;
  const step = workgroupOf(layout);
  const head = `for (var cell = lane; cell < ${
    count * chunks
  }u; cell += ${step}u)`;
  writer.block(head, () => {
    const row = writer.value(`${from} + cell / ${chunks}u`);
    const chunk = writer.value(`cell % ${chunks}u`);
    const value = writer.name("staged");
    writer.line(`var ${value} = vec4<f32>();`);
    writer.block(`if (${row} < ${limit}u)`, () => {
      const loaded = loadVector(code, operand, { row, chunk, sizes });
      writer.line(`${value} = ${loaded};`);
    });
    writer.line(`tile[${place("cell", offset)}] = ${value};`);
  });
}

function place(cell: string, offset: number): string {
  return offset === 0 ? cell : `${cell} + ${offset}u`;
}

/** Takes the own row of an operand into variables `name`_0 .. through the tile. */
export function takeOwn(
  code: KernelCode,
  operand: Tensor,
  { layout, name, factor }: { layout: Layout; name: string; factor?: string },
): void {
  const { writer } = code;
  const { length, rows, chunks } = layout;
  writer.line("workgroupBarrier();");
  stageRows(code, operand, {
    layout,
    from: "first",
    count: rows,
    limit: length,
  });
  writer.line("workgroupBarrier();");
  const scaled = factor === undefined ? "" : ` * ${factor}`;
  for (let c = 0; c < chunks; c++) {
    const value = `tile[own * ${chunks}u + ${c}u]`;
    writer.line(`let ${name}_${c} = ${value}${scaled};`);
  }
}

/** Declares variables `name`_0 .. that collect a row. */
export function declareRow(
  code: KernelCode,
  { chunks }: Layout,
  name: string,
): void {
  for (let c = 0; c < chunks; c++) {
    code.writer.line(`var ${name}_${c} = vec4<f32>();`);
  }
}

/**
 * Expressions of vector `chunk` of the staged rows of the block that begins at
 * variable `block`.
 */
function blockVectors(
  code: KernelCode,
  { chunk, offset, layout }: { chunk: number; offset: number; layout: Layout },
): string[] {
  const { chunks, broadcasts } = layout;
  const numbers = Array.from({ length: BLOCK }, (_, i) => i);
  if (!broadcasts) {
    return numbers.map((i) =>
      `tile[(block + ${i}u) * ${chunks}u + ${offset + chunk}u]`
    );
  }
  const own = code.writer.value(
    `tile[(block + lane % ${BLOCK}u) * ${chunks}u + ${offset + chunk}u]`,
  );
  return numbers.map((i) => `subgroupBroadcast(${own}, ${i}u)`);
}

/** Declares `name`0 .. as products of the own row `own`_c with the rows of a block. */
export function writeScores(
  code: KernelCode,
  { name, own, offset = 0, layout }: {
    name: string;
    own: string;
    offset?: number;
    layout: Layout;
  },
): void {
  const { writer } = code;
  for (let i = 0; i < BLOCK; i++) writer.line(`var ${name}${i} = 0.0f;`);
  for (let chunk = 0; chunk < layout.chunks; chunk++) {
    const vectors = blockVectors(code, { chunk, offset, layout });
    vectors.forEach((vector, i) =>
      writer.line(`${name}${i} += dot(${own}_${chunk}, ${vector});`)
    );
  }
}

/** Adds the rows of a block, by weights `weight`0 .., to the row `to`_c. */
export function addRows(
  code: KernelCode,
  { to, weight, offset = 0, layout, factor }: {
    to: string;
    weight: string;
    offset?: number;
    layout: Layout;
    /** What the row is multiplied by before. */
    factor?: string;
  },
): void {
  const { writer } = code;
  for (let chunk = 0; chunk < layout.chunks; chunk++) {
    const vectors = blockVectors(code, { chunk, offset, layout });
    const sum = vectors.map((vector, i) => `${weight}${i} * ${vector}`);
    const before = `${to}_${chunk}`;
    const scaled = factor === undefined ? before : `${before} * ${factor}`;
    writer.line(`${before} = ${scaled} + ${sum.join(" + ")};`);
  }
}

/** Runs `body` for each block of the staged rows that falls to this lane. */
export function forEachBlock(
  code: KernelCode,
  { staged, splits }: Layout,
  body: () => void,
): void {
  const step = splits * BLOCK;
  const start = splits === 1 ? "0u" : `part * ${BLOCK}u`;
  code.writer.block(
    `for (var block = ${start}; block < ${staged}u; block += ${step}u)`,
    body,
  );
}
