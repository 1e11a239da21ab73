import type { KernelCode } from "../code.ts";
import { blockVectors, type Met } from "./load.ts";
import type { Layout } from "./tile.ts";

/** Declares rows `name`0_0 .. that collect, one an own row of the lane. */
export function declareRows(
  code: KernelCode,
  { each, chunks }: Layout,
  name: string,
): void {
  for (let r = 0; r < each; r++) {
    for (let c = 0; c < chunks; c++) {
      code.writer.line(`var ${name}${r}_${c} = vec4<f32>();`);
    }
  }
}

/** Runs `body` for each own row of the lane. */
export function forEachOwn(
  { each }: Layout,
  body: (r: number) => void,
): void {
  for (let r = 0; r < each; r++) body(r);
}

/** Runs `body` for each row of the block. */
export function forEachMet(
  { block }: Layout,
  body: (i: number) => void,
): void {
  for (let i = 0; i < block; i++) body(i);
}

/** Declares `name`0_0 .. as products of the own rows with the rows of a block. */
export function writeScores(
  code: KernelCode,
  met: Met,
  { name, own, layout }: { name: string; own: string; layout: Layout },
): void {
  const { writer } = code;
  forEachOwn(
    layout,
    (r) =>
      forEachMet(layout, (i) => writer.line(`var ${name}${r}_${i} = 0.0f;`)),
  );
  for (let chunk = 0; chunk < layout.chunks; chunk++) {
    const vectors = blockVectors(code, met, { chunk, layout });
    forEachOwn(layout, (r) =>
      vectors.forEach((vector, i) => {
        const product = `dot(${own}${r}_${chunk}, ${vector})`;
        writer.line(`${name}${r}_${i} += ${product};`);
      }));
  }
}

/** Adds the rows of a block, by weights `weight`0_0 .., to the rows `to`0_0 .. */
export function addRows(
  code: KernelCode,
  met: Met,
  { to, weight, layout, factor }: {
    to: string;
    weight: string;
    layout: Layout;
    /** Variables `factor`0 .. by which the rows are multiplied before. */
    factor?: string;
  },
): void {
  const { writer } = code;
  for (let chunk = 0; chunk < layout.chunks; chunk++) {
    const vectors = blockVectors(code, met, { chunk, layout });
    forEachOwn(layout, (r) => {
      const sum = vectors
        .map((vector, i) => `${weight}${r}_${i} * ${vector}`).join(" + ");
      const before = `${to}${r}_${chunk}`;
      const scaled = factor === undefined
        ? before
        : `${before} * ${factor}${r}`;
      writer.line(`${before} = ${scaled} + ${sum};`);
    });
  }
}
