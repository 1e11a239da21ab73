import { paint, table } from "../../pipeline/mod.ts";
import type { CheckResult } from "./check.ts";
import type { FileResult } from "./file.ts";

/** Verified recordings as a table for people. */
export function describeFiles(
  files: readonly FileResult[],
  color: boolean,
): string {
  const header = ["case", "tensor", "error", "tolerance", ""] as const;
  const rows = files.flatMap((file) =>
    file.checks.map((check) => rowOf(file, check, color))
  );
  const all = files.flatMap(({ checks }) => checks);
  const failed = all.filter(({ pass }) => !pass).length;
  const summary = failed === 0
    ? paint("green", `All ${all.length} tensors agree`, color)
    : paint("red", `${failed} of ${all.length} tensors disagree`, color);
  return [...table([header, ...rows], { right: [2, 3] }), summary].join("\n");
}

function rowOf(
  file: FileResult,
  { tensor, error, tolerance, pass }: CheckResult,
  color: boolean,
): readonly string[] {
  const verdict = pass
    ? paint("green", "pass", color)
    : paint("red", "FAIL", color);
  return [
    file.case,
    tensor,
    error.toExponential(1),
    tolerance.toExponential(0),
    verdict,
  ];
}
