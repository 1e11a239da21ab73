import type { Group } from "../../plan/group.ts";
import type { KernelCode } from "../code.ts";
import type { Storage } from "../../wgsl/storage.ts";
import { writeStores } from "../context.ts";
import type { Problem } from "./problem.ts";

/** How the terms of each sum are shared out among workgroups. */
export interface Parts {
  readonly count: number;
  /** Terms of a part. */
  readonly terms: number;
  /** Sums of parts, [part, matrix, row, column]; undefined where there is one part. */
  readonly sums?: Storage;
}

/** Cuts the terms of a problem into parts whose lengths are multiples of `depth`. */
export function cutTerms(
  { batch, m, n, k }: Problem,
  { parts, depth }: { parts: number; depth: number },
): Parts {
  const terms = Math.max(1, Math.ceil(k / parts / depth)) * depth;
  const count = Math.max(1, Math.ceil(k / terms));
  if (count === 1) return { count, terms: k };
  const sums = { dtype: "f32", shape: [count, batch, m, n] } as const;
  return { count, terms, sums };
}

/** What a kernel of products computes and where it goes. */
export interface Job {
  readonly group: Group;
  readonly problem: Problem;
  readonly parts: Parts;
}

/** Storage that the kernel writes is bound by single elements: it must come first. */
export function bindTargets(code: KernelCode, { group, parts }: Job): void {
  if (parts.sums !== undefined) {
    code.bind(parts.sums, true);
    return;
  }
  for (const { target } of group.stores) code.willStore(target);
  for (const member of group.members.keys()) code.compute(member);
}

/** Writes one sum, whose place is in the variables batch, row, column and part. */
export function storeSum(
  code: KernelCode,
  { group, problem, parts }: Job,
  value: string,
): void {
  const { writer } = code;
  if (parts.sums !== undefined) {
    const { batch, m, n } = problem;
    writer.block(`if (row < ${m}u && column < ${n}u)`, () => {
      const matrix = `part * ${batch}u + batch`;
      const position = `((${matrix}) * ${m}u + row) * ${n}u + column`;
      code.store(parts.sums!, position, value);
    });
    return;
  }
  const place = { batch: "batch", row: "row", column: "column" };
  const inside = problem.declare(code, place);
  writer.block(`if (${inside})`, () => writeStores(code, group, [value]));
}
