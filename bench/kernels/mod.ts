/**
 * Speed of the GPU engine's kernels at the shapes of a model, against what the
 * adapter was measured to reach.
 *
 * @module
 */
import { Argument, Command, Option } from "commander";
import type { AdapterInfo } from "../../lib/engine/webgpu/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import type { HardwarePeak } from "../../lib/tensor/mod.ts";
import { openGpu } from "../engines.ts";
import { giga, milliseconds, percent } from "../figures.ts";
import { emit, OUTPUT } from "../output.ts";
import { SIZE_NAMES, type SizeName } from "../structure/sizes.ts";
import {
  KERNEL_CASE_NAMES,
  KERNEL_CASES,
  type KernelCaseName,
  kernelSizes,
} from "./cases.ts";
import {
  type KernelResult,
  kernelResult,
  runProgram,
  type Runs,
} from "./run.ts";

/** The JSON document of the command. */
export interface KernelDocument {
  readonly adapter: AdapterInfo;
  readonly size: SizeName;
  readonly peak: HardwarePeak;
  readonly cases: Readonly<Partial<Record<KernelCaseName, KernelResult>>>;
}

interface Flags {
  readonly size: SizeName;
  readonly output?: string;
}

/** `bench kernels`. */
export function kernelsCommand(): Command {
  return new Command("kernels")
    .description(
      "Measure each family of kernels of the GPU engine at a model's shapes",
    )
    .addArgument(
      new Argument("[names...]", "cases; all where none is named")
        .choices(KERNEL_CASE_NAMES),
    )
    .addOption(
      new Option("--size <model>", "whose shapes; a software adapter is slow")
        .choices(SIZE_NAMES).default("B"),
    )
    .option(...OUTPUT)
    .action(async (named: KernelCaseName[], { size, output }: Flags) => {
      const names = named.length > 0 ? named : KERNEL_CASE_NAMES;
      const document = await measureKernels(names, size);
      await emit(document, { text: kernelTable(document), output });
    });
}

/** Measures some cases on this machine's adapter. */
export async function measureKernels(
  names: readonly KernelCaseName[],
  size: SizeName,
): Promise<KernelDocument> {
  const engine = await openGpu({ profile: true });
  const sizes = kernelSizes(size);
  const runs = new Map<KernelCaseName, Runs>();
  for (const name of names) {
    console.error(`${name}: ${KERNEL_CASES[name].summary}`);
    const program = KERNEL_CASES[name].build(name, sizes);
    runs.set(name, await runProgram(engine, program));
  }
  const profile = await engine.profile?.();
  const peak = profile?.peak ?? await engine.measurePeak();
  await engine.close();
  const cases: Partial<Record<KernelCaseName, KernelResult>> = {};
  for (const [name, measured] of runs) {
    const { summary } = KERNEL_CASES[name];
    const options = { peak, ...(profile && { profile }) };
    cases[name] = kernelResult(summary, measured, options);
  }
  return { adapter: engine.info, size, peak, cases };
}

const HEAD = [
  "case",
  "kernels",
  "ms min",
  "median",
  "GFLOP/s",
  "GB/s",
  "of peak",
  "bound by",
];

/** A document for people. */
export function kernelTable(
  { adapter, size, peak, cases }: KernelDocument,
): string {
  const rows = Object.entries(cases).map(([name, result]) => row(name, result));
  const { flopsPerSecond, bytesPerSecond } = peak;
  return [
    `${adapter.description}; shapes of ${size}`,
    `Measured peak: ${giga(flopsPerSecond)} GFLOP/s, ` +
    `${giga(bytesPerSecond)} GB/s`,
    "",
    ...table([HEAD, ...rows], { right: [1, 2, 3, 4, 5, 6] }),
  ].join("\n");
}

function row(
  name: string,
  { kernels, seconds, flopsPerSecond, bytesPerSecond, share }: KernelResult,
): string[] {
  const computes = share.flops > share.bytes;
  return [
    name,
    kernels === 0 ? "?" : String(kernels),
    milliseconds(seconds.min),
    milliseconds(seconds.median),
    flopsPerSecond === 0 ? "-" : giga(flopsPerSecond),
    giga(bytesPerSecond),
    percent(Math.max(share.flops, share.bytes)),
    computes ? "arithmetic" : "memory",
  ];
}
