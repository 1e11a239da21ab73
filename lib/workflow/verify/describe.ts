import { basename } from "node:path";
import { paint, table } from "../../pipeline/mod.ts";
import type { CheckResult } from "./check.ts";
import type { FileResult } from "./file.ts";

/** Every check of verified recordings as lines of a table for people. */
export function describeChecks(
  files: readonly FileResult[],
  color: boolean,
): readonly string[] {
  const header = ["case", "tensor", "error", "tolerance", ""] as const;
  const rows = files.flatMap((file) =>
    file.checks.map((check) => rowOf(file, check, color))
  );
  return table([header, ...rows], { right: [2, 3] });
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

/** A line for each recording, and one for all of them. */
export function summarizeFiles(
  files: readonly FileResult[],
  color: boolean,
): readonly string[] {
  const lines = files.map((file) => [basename(file.file), verdictOf(file)]);
  const skipped = files.filter((file) => file.skipped !== undefined).length;
  const checks = files.flatMap((file) => file.checks);
  const note = skipped === 0
    ? ""
    : `; ${skipped} of ${files.length} files skipped`;
  const total = paint(
    files.every(({ pass }) => pass) ? "green" : "red",
    countsOf(checks) + note,
    color,
  );
  return [...table(lines), total];
}

function verdictOf({ checks, pass, skipped }: FileResult): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return `${pass ? "pass" : "FAIL"}: ${countsOf(checks)}`;
}

function countsOf(checks: readonly CheckResult[]): string {
  const failed = checks.filter(({ pass }) => !pass).length;
  return failed === 0
    ? `All ${checks.length} tensors agree`
    : `${failed} of ${checks.length} tensors disagree`;
}
