import { paint, table } from "../../lib/pipeline/mod.ts";
import type { DoctorReport } from "./examine.ts";

/** A report as text for people. */
export function describeFindings(report: DoctorReport, color: boolean): string {
  const machine = Object.entries(report.machine)
    .map(([name, value]) => [name, String(value)]);
  const lines = report.findings.flatMap(
    ({ name, works, needed, detail, fix }) => {
      const mark = works ? "works" : needed ? "MISSING" : "missing";
      const style = works ? "green" : needed ? "red" : "yellow";
      const first = `${
        paint(style, mark.padEnd(7), color)
      }  ${name}: ${detail}`;
      return fix === undefined ? [first] : [first, `         fix: ${fix}`];
    },
  );
  return [...table(machine), "", ...lines].join("\n");
}
