/**
 * Sums over ranks of MPI, side by side with a C program that has the library add.
 *
 * @module
 */
import { join } from "node:path";
import { Command } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { loadOfLastMinute } from "../machine.ts";
import { emitMeasured, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { restUntilQuiet } from "../quiet.ts";
import { byRanks, launch } from "../ranks/launch.ts";
import { rounded, timesOf } from "../statistics.ts";

type Side = "c" | "ours";

/** The JSON document of the command. */
export interface AllReduceDocument {
  readonly ranks: number;
  readonly bytes: number;
  /** Of the launcher and the library. */
  readonly mpi: string;
  /** Jobs of the minute before. */
  readonly load: number;
  /** Largest share of the processors that other jobs used before a turn. */
  readonly busy: number;
  /** Seconds of a sum by round: the median of a turn's. */
  readonly seconds: Readonly<Record<Side, readonly number[]>>;
  /** Our time over C's: the median of the rounds. */
  readonly ratio: number;
  /** What the ratio may be. */
  readonly bound: number;
}

const BOUND = 1.3;

interface Flags {
  readonly ranks: number;
  readonly megabytes: number;
  readonly repetitions: number;
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

/** `bench all-reduce`. */
export function allReduceCommand(): Command {
  return new Command("all-reduce")
    .description(
      "Add numbers over ranks of MPI, beside a C program (mpicc; Linux)",
    )
    .option("--ranks <count>", "how many", parseCount, 2)
    .option("--megabytes <count>", "of each rank", parseCount, 100)
    .option("--repetitions <count>", "sums in a turn", parseCount, 9)
    .option("--rounds <count>", "turns of both", parseCount, 5)
    .option("--wait <seconds>", "longest wait for quiet", parseCount, 10)
    .option(...OUTPUT)
    .action((flags: Flags) =>
      emitMeasured((folder) => compare(flags, folder), {
        text,
        output: flags.output,
      })
    );
}

async function compare(
  { ranks, megabytes, repetitions, rounds, wait }: Flags,
  folder: string,
): Promise<AllReduceDocument> {
  const load = loadOfLastMinute();
  const bytes = 1e6 * megabytes;
  const source = join(import.meta.dirname!, "all_reduce.c");
  await launch(["mpicc", "-O3", "-o", "all_reduce", source], folder);
  const script = join(import.meta.dirname!, "rank.ts");
  const ways: Readonly<Record<Side, readonly string[]>> = {
    c: ["./all_reduce"],
    ours: [Deno.execPath(), "run", "-A", "--no-check", script],
  };
  const seconds: Record<Side, number[]> = { c: [], ours: [] };
  let busy = 0;
  for (let round = 0; round < rounds; round++) {
    for (const side of ["c", "ours"] as const) {
      busy = Math.max(busy, await restUntilQuiet(1000 * wait));
      const numbers = [`${bytes / 4}`, `${repetitions}`];
      const { stdout } = await launch(
        [...byRanks(ranks), ...ways[side], ...numbers],
        folder,
      );
      seconds[side].push(timesOf(JSON.parse(stdout)).median);
    }
  }
  const { stdout } = await launch(["mpirun", "--version"], folder);
  const ratios = seconds.ours.map((ours, round) => ours / seconds.c[round]!);
  return {
    ranks,
    bytes,
    mpi: stdout.split("\n")[0]!,
    load,
    busy: rounded(busy),
    seconds,
    ratio: timesOf(ratios).median,
    bound: BOUND,
  };
}

function text(document: AllReduceDocument): string {
  const { ranks, bytes, mpi, seconds, ratio, bound } = document;
  const times = (own: readonly number[]) =>
    own.map((each) => each.toFixed(3)).join(" ");
  return table([
    ["", `seconds for ${bytes / 1e6} MB over ${ranks} ranks, by round`],
    [`MPI_Allreduce in C, ${mpi}`, times(seconds.c)],
    ["allReduce()", times(seconds.ours)],
  ]).concat(
    `${ratio.toFixed(2)} times its time; ${bound} at most`,
  ).join("\n");
}
