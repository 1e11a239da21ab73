import type { Tensor } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../code.ts";
import {
  delinearize,
  fixed,
  type Index,
  indexText,
  plus,
  symbol,
  times,
} from "../../wgsl/index.ts";
import {
  lanesOf,
  type Layout,
  ownRow,
  type Sizes,
  workgroupOf,
} from "./tile.ts";

/** The value of four neighbours of row `row` of head `h`, zeros past its width. */
export function loadVector(
  code: KernelCode,
  operand: Tensor,
  { row, chunk, sizes }: { row: string; chunk: Index; sizes: Sizes },
): string {
  const { batch, heads, width } = sizes;
  const { writer } = code;
  const [b, head] = delinearize(symbol("h", batch * heads), [batch, heads]);
  const at = [b!, head!, symbol(row, operand.shape[2]!)];
  const values = [0, 1, 2, 3].map((j) => {
    const element = plus(times(chunk, 4), fixed(j));
    if (element.min >= width) return "0.0f";
    if (element.max < width) return code.evaluate(operand, [...at, element]);
    const name = writer.value(indexText(element));
    const value = writer.name("p");
    writer.line(`var ${value} = 0.0f;`);
    writer.block(`if (${name} < ${width}u)`, () => {
      const place = symbol(name, width);
      writer.line(`${value} = ${code.evaluate(operand, [...at, place])};`);
    });
    return value;
  });
  return `vec4<f32>(${values.join(", ")})`;
}

/** Copies rows of an operand to the tile, zeros past its end. */
function stageRows(
  code: KernelCode,
  operand: Tensor,
  { layout, start, count, offset = 0 }: {
    layout: Layout;
    /** Expression of the first row. */
    start: string;
    count: number;
    /** First vector of the tile. */
    offset?: number;
  },
): void {
  const { chunks, sizes } = layout;
  const { writer } = code;
  const step = workgroupOf(layout);
  const cells = count * chunks;
  const head = `for (var cell = lane; cell < ${cells}u; cell += ${step}u)`;
  writer.block(head, () => {
    const row = writer.value(`${start} + cell / ${chunks}u`);
    const chunk = symbol(writer.value(`cell % ${chunks}u`), chunks);
    const value = writer.name("staged");
    writer.line(`var ${value} = vec4<f32>();`);
    writer.block(`if (${row} < ${operand.shape[2]}u)`, () => {
      const loaded = loadVector(code, operand, { row, chunk, sizes });
      writer.line(`${value} = ${loaded};`);
    });
    writer.line(`tile[cell + ${offset}u] = ${value};`);
  });
}

/**
 * Takes the own rows of an operand into variables `name`0_0, `name`0_1 .. and,
 * where a lane has a second row, `name`1_0 ..
 */
export function takeOwn(
  code: KernelCode,
  operand: Tensor,
  { layout, name, factor }: { layout: Layout; name: string; factor?: string },
): void {
  const { writer } = code;
  const { rows, each, chunks, sizes, broadcasts } = layout;
  const scaled = factor === undefined ? "" : ` * ${factor}`;
  if (!broadcasts) {
    writer.line("workgroupBarrier();");
    stageRows(code, operand, { layout, start: "first", count: rows });
    writer.line("workgroupBarrier();");
  }
  for (let r = 0; r < each; r++) {
    const last = operand.shape[2]! - 1;
    const row = writer.value(`min(${ownRow(layout, r)}, ${last}u)`);
    for (let c = 0; c < chunks; c++) {
      const value = broadcasts
        ? loadVector(code, operand, { row, chunk: fixed(c), sizes })
        : `tile[(own + ${r * lanesOf(layout)}u) * ${chunks}u + ${c}u]`;
      writer.line(`let ${name}${r}_${c} = ${value}${scaled};`);
    }
  }
}

/** Rows of the other side that a kernel meets: first or second operand of a pair. */
export interface Met {
  readonly operand: Tensor;
  readonly second: boolean;
}

/** Runs `body` for each block of the other side's rows that falls to this lane. */
export function forEachBlock(
  code: KernelCode,
  pair: readonly [Tensor, Tensor],
  { layout, from, until, body }: {
    layout: Layout;
    /** Expression of the first row, a multiple of the staged ones. */
    from: string;
    /** Expression of the end of the rows. */
    until: string;
    /** Statements that follow the staging of rows `start` .. */
    body: { staged?(): void; block(): void };
  },
): void {
  const { writer } = code;
  const { staged, block, chunks, splits, broadcasts } = layout;
  const loop = `start < ${until}; start += ${staged}u`;
  writer.block(`for (var start = ${from}; ${loop})`, () => {
    if (broadcasts) {
      writer.line("let block = 0u;");
      const last = pair[0].shape[2]! - 1;
      writer.line(`let met = min(start + lane, ${last}u);`);
      body.staged?.();
      body.block();
      return;
    }
    // What was staged before has been read.
    writer.line("workgroupBarrier();");
    pair.forEach((operand, i) =>
      stageRows(code, operand, {
        layout,
        start: "start",
        count: staged,
        offset: i * staged * chunks,
      })
    );
    body.staged?.();
    writer.line("workgroupBarrier();");
    const step = splits * block;
    const first = splits === 1 ? "0u" : `part * ${block}u`;
    const head =
      `for (var block = ${first}; block < ${staged}u; block += ${step}u)`;
    writer.block(head, () => body.block());
  });
}

/** Expressions of vector `chunk` of the rows of a block. */
export function blockVectors(
  code: KernelCode,
  { operand, second }: Met,
  { chunk, layout }: { chunk: number; layout: Layout },
): string[] {
  const { chunks, staged, block, sizes, broadcasts } = layout;
  const { writer } = code;
  const numbers = Array.from({ length: block }, (_, i) => i);
  if (!broadcasts) {
    const place = chunk + (second ? staged * chunks : 0);
    return numbers.map((i) => `tile[(block + ${i}u) * ${chunks}u + ${place}u]`);
  }
  const own = writer.once(`met ${operand.id} ${chunk}`, () =>
    writer.value(
      loadVector(code, operand, { row: "met", chunk: fixed(chunk), sizes }),
    ));
  return numbers.map((i) => writer.value(`subgroupShuffle(${own}, ${i}u)`));
}
