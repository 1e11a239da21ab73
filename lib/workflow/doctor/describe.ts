import { paint, table } from "../../pipeline/mod.ts";
import type { DoctorReport } from "./examine.ts";

const INDENT = " ".repeat(9);

/** A report as text for people. */
export function describeFindings(report: DoctorReport, color: boolean): string {
  const machine = Object.entries(report.machine)
    .map(([name, value]) => [name, String(value)]);
  const lines = report.findings.flatMap(
    ({ name, works, needed, detail, facts = {}, fix }) => {
      const mark = works ? "works" : needed ? "MISSING" : "missing";
      const style = works ? "green" : needed ? "red" : "yellow";
      const first = `${
        paint(style, mark.padEnd(7), color)
      }  ${name}: ${detail}`;
      const more = Object.entries(facts)
        .map(([key, value]) => [key, String(value)]);
      const lines = [first, ...table(more).map((line) => INDENT + line)];
      return fix === undefined ? lines : [...lines, `${INDENT}fix: ${fix}`];
    },
  );
  return [...table(machine), "", ...lines].join("\n");
}
