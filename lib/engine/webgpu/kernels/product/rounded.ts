import { type Node, QUANTIZED_BLOCK } from "../../../../tensor/mod.ts";
import type { KernelCode } from "../code.ts";
import { fixed, symbol } from "../../wgsl/index.ts";
import { loadBytes, type OperandUse } from "./block.ts";

/** Words of one block, four numbers each. */
const BLOCK_WORDS = QUANTIZED_BLOCK / 4;

/** What of a kernel of few rows rounding depends on. */
interface Rows {
  readonly rows: number;
  readonly terms: number;
  readonly lanes: number;
  /** Lanes that share a column. */
  readonly perColumn: number;
  /** Terms in shared memory at a time: whole blocks, or all terms. */
  readonly chunk: number;
}

function wordsOf({ chunk }: Rows): number {
  return chunk / 4;
}

function blocksOf({ chunk }: Rows): number {
  return Math.ceil(chunk / QUANTIZED_BLOCK);
}

/** Declares what a rounded left operand takes of shared memory, `totals` aside. */
export function shareRounded(code: KernelCode, layout: Rows): void {
  const words = layout.rows * wordsOf(layout);
  code.shared(`left: array<u32, ${words}>`);
  code.shared(`largest: array<f32, ${words}>`);
  code.shared(`steps: array<f32, ${layout.rows * blocksOf(layout)}>`);
}

/**
 * Stages a chunk of the left operand as bytes: of each block of a row, the
 * largest magnitude becomes 127.
 */
export function stageRounded(
  code: KernelCode,
  node: Node<"matmul">,
  layout: Rows,
): void {
  const { writer } = code;
  const { rows, terms, chunk, lanes } = layout;
  const words = wordsOf(layout);
  const forEach = (name: string, count: number, body: () => void) => {
    const step = `${name} < ${count}u; ${name} += ${lanes}u`;
    writer.block(`for (var ${name} = lane; ${step})`, body);
    writer.line("workgroupBarrier();");
  };
  forEach("cell", rows * chunk, () => {
    const row = writer.value(`cell / ${chunk}u`);
    const term = writer.value(`start + cell % ${chunk}u`);
    const value = writer.name("staged");
    writer.line(`var ${value} = 0.0f;`);
    writer.block(`if (${term} < ${terms}u)`, () => {
      const left = node.inputs[0]!;
      const leading = left.shape.slice(0, -2).map(() => fixed(0));
      const at = [...leading, symbol(row, rows), symbol(term, terms)];
      writer.line(`${value} = ${code.evaluate(left, at)};`);
    });
    writer.line(`totals[cell] = ${value};`);
  });
  forEach("word", rows * words, () => {
    const four = writer.value(`abs(${fourText("word")})`);
    const pairs = `max(${four}.xy, ${four}.zw)`;
    const two = writer.value(pairs);
    writer.line(`largest[word] = max(${two}.x, ${two}.y);`);
  });
  forEach("word", rows * words, () => writeWord(code, layout));
}

function fourText(word: string): string {
  const parts = [0, 1, 2, 3].map((i) => `totals[${word} * 4u + ${i}u]`);
  return `vec4<f32>(${parts.join(", ")})`;
}

/** Rounds the four numbers of a word by the step of their block. */
function writeWord({ writer }: KernelCode, layout: Rows): void {
  const words = wordsOf(layout);
  const row = writer.value(`word / ${words}u`);
  const block = writer.value(`word % ${words}u / ${BLOCK_WORDS}u`);
  const first = writer.value(`${row} * ${words}u + ${block} * ${BLOCK_WORDS}u`);
  const stop = `min(${first} + ${BLOCK_WORDS}u, (${row} + 1u) * ${words}u)`;
  writer.line("var most = 0.0f;");
  writer.block(`for (var i = ${first}; i < ${stop}; i++)`, () => {
    writer.line("most = max(most, largest[i]);");
  });
  const inverse = writer.value("select(0.0f, 127.0f / most, most > 0.0f)");
  const whole = `vec4<i32>(round(${fourText("word")} * ${inverse}))`;
  writer.line(`left[word] = pack4xI8(${whole});`);
  writer.block(`if (word == ${first})`, () => {
    const place = `${row} * ${blocksOf(layout)}u + ${block}`;
    writer.line(`steps[${place}] = most / 127.0f;`);
  });
}

/** Adds the products of the staged bytes with those of the right operands. */
export function addRounded(
  code: KernelCode,
  uses: readonly OperandUse[],
  { layout, columns }: { layout: Rows; columns: readonly string[] },
): void {
  const { writer } = code;
  const { rows, terms, chunk, perColumn } = layout;
  const words = wordsOf(layout);
  const limit = terms % chunk === 0
    ? `${words}u`
    : writer.value(`min(${words}u, (${terms}u - start) / 4u)`);
  const head = `for (var q = own; q < ${limit}; q += ${perColumn}u)`;
  writer.block(head, () => {
    const quad = writer.value("start / 4u + q");
    const weights = uses.flatMap((use) =>
      columns.map((column) => {
        const other = symbol(column, use.sizes.outer);
        return loadBytes(code, use, { b: fixed(0), quad, other });
      })
    );
    for (let row = 0; row < rows; row++) {
      const x = writer.value(`left[${row * words}u + q]`);
      const block = `${row * blocksOf(layout)}u + q / ${BLOCK_WORDS}u`;
      const step = writer.value(`steps[${block}]`);
      weights.forEach(({ word, scale }, i) => {
        const product = `f32(dot4I8Packed(${x}, ${word}))`;
        writer.line(`s${i * rows + row} += ${product} * (${step} * ${scale});`);
      });
    }
  });
}
