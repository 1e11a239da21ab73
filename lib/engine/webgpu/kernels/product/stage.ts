import type { KernelCode } from "../code.ts";
import { symbol } from "../../wgsl/index.ts";
import { loadVector, type OperandUse, vectorAxisOf } from "./block.ts";

/** A tile of an operand in shared memory: by term, then by fours along its other axis. */
export interface Tile {
  readonly name: string;
  /** Rows of a left operand, columns of a right one. */
  readonly size: number;
  readonly depth: number;
  readonly workgroupSize: number;
  /** Variable of the first row or column. */
  readonly origin: string;
  /** Variable of the first term. */
  readonly start: string;
  /** Expression of the first term that is not of this sum. */
  readonly stop: string;
  /** Whether every tile is full along k. */
  readonly isFull: boolean;
}

/**
 * Copies a tile of an operand to shared memory, zeros past its last term. What
 * lies past its last row or column does not matter: nobody stores it.
 */
export function stageTile(
  code: KernelCode,
  use: OperandUse,
  tile: Tile,
): void {
  const axis = vectorAxisOf(code, use);
  const terms = axis === "k" ? 4 : 1;
  const { writer } = code;
  const quads = tile.size / 4;
  const cells = quads * tile.depth / terms;
  const { name, workgroupSize } = tile;
  const loop =
    `for (var cell = lane; cell < ${cells}u; cell += ${workgroupSize}u)`;
  writer.block(cells === workgroupSize ? "" : loop, () => {
    if (cells === workgroupSize) writer.line("let cell = lane;");
    const byTerm = axis === "k";
    const across = byTerm ? tile.depth / terms : quads;
    const [inner, outer] = [`cell % ${across}u`, `cell / ${across}u`];
    const quad = writer.value(byTerm ? outer : inner);
    const step = byTerm ? inner : outer;
    const local = writer.value(terms === 1 ? step : `(${step}) * 4u`);
    const term = writer.value(`${tile.start} + ${local}`);
    const values = Array.from({ length: terms }, () => {
      const value = writer.name("staged");
      writer.line(`var ${value} = vec4<f32>();`);
      return value;
    });
    const fill = () => {
      const loaded = loadTerms(code, use, { axis, tile, quad, term });
      values.forEach((value, t) => writer.line(`${value} = ${loaded[t]!};`));
    };
    if (tile.isFull) fill();
    else writer.block(`if (${term} < ${tile.stop})`, fill);
    values.forEach((value, t) => {
      const at = `(${local} + ${t}u) * ${quads}u + ${quad}`;
      writer.line(`${name}[${at}] = ${value};`);
    });
  });
}

/** Vectors of four rows or columns, for one term or four. */
function loadTerms(
  code: KernelCode,
  use: OperandUse,
  { axis, tile, quad, term }: {
    axis: ReturnType<typeof vectorAxisOf>;
    tile: Tile;
    quad: string;
    term: string;
  },
): string[] {
  const { writer } = code;
  const { sizes } = use;
  const b = symbol("batch", sizes.batch);
  if (axis === "outer") {
    const along = writer.value(`${tile.origin} / 4u + ${quad}`);
    const other = symbol(term, sizes.k);
    return [loadVector(code, use, { axis, b, quad: along, other })];
  }
  const first = writer.value(`${tile.origin} + ${quad} * 4u`);
  const outers = [0, 1, 2, 3].map((i) =>
    symbol(i === 0 ? first : writer.value(`${first} + ${i}u`), sizes.outer)
  );
  if (axis === undefined) {
    const values = outers.map((outer) =>
      use.operand.open(code, { b, outer })(symbol(term, sizes.k))
    );
    return [`vec4<f32>(${values.join(", ")})`];
  }
  const quadOfTerm = writer.value(`${term} / 4u`);
  const rows = outers.map((other) =>
    loadVector(code, use, { axis, b, quad: quadOfTerm, other })
  );
  return [0, 1, 2, 3].map((t) =>
    `vec4<f32>(${rows.map((row) => `${row}[${t}]`).join(", ")})`
  );
}
