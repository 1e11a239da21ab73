import { paint, table } from "../../pipeline/mod.ts";
import type { DoctorReport } from "./examine.ts";
import type { Finding } from "./finding.ts";

const INDENT = " ".repeat(9);

/** How a report is shown. */
export interface Description {
  readonly color: boolean;
  /** Whether the numbers behind each finding are wanted too. */
  readonly details: boolean;
}

/** A report as text for people; the last lines say what follows from it. */
export function describeFindings(
  report: DoctorReport,
  { color, details }: Description,
): string {
  const { machine, findings } = report;
  const { processor, cores, memoryGiB, system, deno } = machine;
  const parts = [
    `${processor}, ${cores} cores, ${memoryGiB} GiB of memory`,
    `${system}, Deno ${deno}`,
  ];
  const lines = findings.flatMap((finding) => [
    ...findingLines(finding, color),
    ...details ? factLines(finding) : [],
  ]);
  const more = details || !findings.some(({ facts }) => facts !== undefined)
    ? []
    : ["spherear doctor --details lists the numbers behind this."];
  return [...parts, "", ...lines, "", verdict(findings), ...more].join("\n");
}

function findingLines(
  { name, works, needed, detail, fix }: Finding,
  color: boolean,
): readonly string[] {
  const mark = works ? "works" : needed ? "MISSING" : "missing";
  const style = works ? "green" : needed ? "red" : "yellow";
  const first = `${paint(style, mark.padEnd(7), color)}  ${name}: ${detail}`;
  return fix === undefined ? [first] : [first, `${INDENT}to mend: ${fix}`];
}

function factLines({ facts = {} }: Finding): readonly string[] {
  const rows = Object.entries(facts)
    .map(([key, value]) => [key, String(value)]);
  return table(rows).map((line) => INDENT + line);
}

/** What a person can do here now. */
function verdict(findings: readonly Finding[]): string {
  const broken = findings.filter(({ works, needed }) => needed && !works);
  return broken.length === 0
    ? "You can train and sample here: deno task pipeline"
    : `Nothing runs here yet: mend ${
      broken.map(({ name }) => name).join(", ")
    }`;
}
