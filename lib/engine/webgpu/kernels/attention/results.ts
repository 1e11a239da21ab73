import type { Group } from "../../plan/group.ts";
import type { KernelCode } from "../code.ts";
import { writeStores } from "../context.ts";
import { forEachOwn } from "./block.ts";
import { lanesOf, type Layout, workgroupOf } from "./tile.ts";

/**
 * Joins the rows that lanes with parts of one own row hold, through the tile:
 * half of the lanes leave theirs, the other half takes them, until one is left.
 *
 * @param options.rows names of the rows
 * @param options.leave statements that leave what else a lane holds at place `at`
 * @param options.take statements that take it, before the rows
 * @param options.join the statement that joins the vector `theirs` to `mine`
 */
export function joinParts(
  code: KernelCode,
  layout: Layout,
  { rows, leave, take, join }: {
    rows: readonly string[];
    leave?(at: string): void;
    take?(at: string): void;
    join(mine: string, theirs: string): string;
  },
): void {
  const { writer } = code;
  const { chunks } = layout;
  for (let half = layout.splits / 2; half >= 1; half /= 2) {
    rows.forEach((row, i) => {
      const lane = (part: string) => `(${part} * ${layout.rows}u + own)`;
      writer.line("workgroupBarrier();");
      writer.block(`if (part >= ${half}u && part < ${2 * half}u)`, () => {
        const at = writer.value(lane(`(part - ${half}u)`));
        if (i === 0) leave?.(at);
        for (let c = 0; c < chunks; c++) {
          writer.line(`tile[${at} * ${chunks}u + ${c}u] = ${row}0_${c};`);
        }
      });
      writer.line("workgroupBarrier();");
      writer.block(`if (part < ${half}u)`, () => {
        const at = writer.value(lane("part"));
        if (i === 0) take?.(at);
        for (let c = 0; c < chunks; c++) {
          const theirs = `tile[${at} * ${chunks}u + ${c}u]`;
          writer.line(join(`${row}0_${c}`, theirs));
        }
      });
    });
  }
}

/**
 * Writes the own rows that the first part of the lanes holds: through the tile,
 * so that neighbours are written by neighbouring lanes and the text is short.
 *
 * @param rows names of the rows, and a factor of each, one an anchor of the group
 */
export function writeRows(
  code: KernelCode,
  group: Group,
  { layout, rows }: {
    layout: Layout;
    rows: readonly { name: string; factor?(r: number): string }[];
  },
): void {
  const { writer } = code;
  const { chunks, length, sizes: { width } } = layout;
  const size = layout.rows * chunks;
  writer.line("workgroupBarrier();");
  writer.block("if (part == 0u)", () => {
    rows.forEach(({ name, factor }, i) =>
      forEachOwn(layout, (r) => {
        const scaled = factor === undefined ? "" : ` * ${factor(r)}`;
        const offset = i * size + r * lanesOf(layout) * chunks;
        for (let c = 0; c < chunks; c++) {
          const place = `own * ${chunks}u + ${offset + c}u`;
          writer.line(`tile[${place}] = ${name}${r}_${c}${scaled};`);
        }
      })
    );
  });
  writer.line("workgroupBarrier();");
  for (const member of group.members.keys()) code.compute(member);
  const cells = layout.rows * width;
  const step = workgroupOf(layout);
  const head = `for (var cell = lane; cell < ${cells}u; cell += ${step}u)`;
  writer.block(head, () => {
    writer.line(`let q = first + cell / ${width}u;`);
    writer.line(`let e = cell % ${width}u;`);
    writer.block(`if (q < ${length}u)`, () => {
      const vector = writer.value(`(cell / ${width}u) * ${chunks}u + e / 4u`);
      writeStores(
        code,
        group,
        rows.map((_, i) => `tile[${vector} + ${i * size}u][e % 4u]`),
      );
    });
  });
}
