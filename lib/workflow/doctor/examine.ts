import { cpus, totalmem } from "node:os";
import { examineCpu, examineWeightsCache } from "./cpu.ts";
import type { Finding } from "./finding.ts";
import { examineGpu } from "./gpu.ts";
import { examineMpi, type Launching } from "./mpi.ts";

/** The machine and everything that was looked at. */
export interface DoctorReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly findings: readonly Finding[];
}

/** Looks at the machine and tries every engine and library. */
export async function examine(launching: Launching): Promise<DoctorReport> {
  const findings = [
    await examineCpu(),
    await examineWeightsCache(),
    {
      name: "reference engine (--device reference)",
      works: true,
      needed: true,
      detail: "slow and exact; the others are checked against it",
    },
    ...await examineGpu(),
    ...await examineMpi(launching),
  ];
  return { machine: describeMachine(), findings };
}

function describeMachine(): DoctorReport["machine"] {
  const { deno, v8 } = Deno.version;
  return {
    deno,
    v8,
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(totalmem() / 2 ** 30 * 10) / 10,
  };
}
