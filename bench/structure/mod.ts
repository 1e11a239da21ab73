/**
 * The structure of the GPU engine's work: kernels, memory traffic and what the
 * host does, counted from plans and on a GPU that only counts.
 *
 * @module
 */
import { Argument, Command } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { giga, ratio } from "../figures.ts";
import { emit, OUTPUT } from "../output.ts";
import {
  countPipelines,
  countSize,
  type PipelineCount,
  type SizeCount,
  type WorkCount,
} from "./count.ts";
import { countImage, countTraining, type HostCount } from "./host.ts";
import { type ModelSize, SIZE_NAMES, type SizeName, SIZES } from "./sizes.ts";

/** What is counted of one size. */
export interface StructureResult {
  readonly summary: string;
  readonly work: SizeCount;
  /** Of all programs of a sampler. */
  readonly compiled: PipelineCount;
  /** Absent for large models, whose host does the same. */
  readonly host?: {
    /** Between the second token and the last. */
    readonly image: HostCount;
    /** Steps after the first one. */
    readonly training: HostCount;
  };
}

/** The JSON document of the command. */
export type StructureDocument = Readonly<
  Partial<Record<SizeName, StructureResult>>
>;

/** `bench structure`. */
export function structureCommand(): Command {
  return new Command("structure")
    .description(
      "Count kernels, memory traffic, host waits and allocations of the GPU " +
        "engine; needs no GPU",
    )
    .addArgument(
      new Argument("[sizes...]", "models; all where none is named")
        .choices(SIZE_NAMES),
    )
    .option(...OUTPUT)
    .action(async (names: SizeName[], { output }: { output?: string }) => {
      const sizes = names.length > 0 ? names : SIZE_NAMES;
      const document: Partial<Record<SizeName, StructureResult>> = {};
      for (const name of sizes) document[name] = await structureOf(SIZES[name]);
      await emit(document, { text: structureTable(document), output });
    });
}

/** Everything that is counted of a size. */
export async function structureOf(size: ModelSize): Promise<StructureResult> {
  const { summary, isLarge = false } = size;
  const work = countSize(size);
  const compiled = countPipelines(size);
  if (isLarge) return { summary, work, compiled };
  const host = {
    image: await countImage(size),
    training: await countTraining(size),
  };
  return { summary, work, compiled, host };
}

const HEAD = [
  "size",
  "work",
  "kernels",
  "copies",
  "GFLOP",
  "GB moved",
  "GB least",
  "times",
];

const WORK_NAMES: Readonly<Record<keyof SizeCount, string>> = {
  trainingStep: "AR training step",
  firstToken: "first token",
  token: "token, without its solver steps",
  solverStep: "solver step of the head",
  solverStepF16: "solver step, matrices in f16",
  solverStepQ8: "solver step, matrices in 8 bits",
  image: "all images of a batch",
};

/** A document for people. */
export function structureTable(document: StructureDocument): string {
  const results = Object.entries(document);
  const rows = results.flatMap(([size, { work }]) =>
    Object.entries(work).map(([name, count]) =>
      row(size, WORK_NAMES[name as keyof SizeCount], count)
    )
  );
  const compiled = results.map(([size, { compiled }]) =>
    `${size}: a sampler compiles ${compiled.pipelines} pipelines for ` +
    `${compiled.kernels} kernels`
  );
  const hosts = results.flatMap(([size, { host }]) =>
    host === undefined ? [] : [
      hostLine(`${size}: inside an image`, host.image),
      hostLine(`${size}: training steps after the first`, host.training),
    ]
  );
  const right = [2, 3, 4, 5, 6, 7];
  return [...table([HEAD, ...rows], { right }), "", ...compiled, ...hosts].join(
    "\n",
  );
}

function row(
  size: string,
  name: string,
  { kernels, copies, flops, bytes, leastBytes }: WorkCount,
): string[] {
  return [
    size,
    name,
    kernels.toFixed(Number.isInteger(kernels) ? 0 : 1),
    copies.toFixed(0),
    giga(flops),
    giga(bytes),
    giga(leastBytes),
    ratio(bytes / leastBytes),
  ];
}

function hostLine(
  where: string,
  { allocations, readBacks, submissions }: HostCount,
): string {
  return `${where}: ${readBacks} waits for results, ${allocations} ` +
    `allocations, ${submissions} submissions`;
}
