/**
 * Trainings by several ranks of one thread each, side by side with one process
 * that has as many threads.
 *
 * @module
 */
import { join } from "node:path";
import { Command } from "commander";
import { digestFile } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import { ROOT } from "../../test/stages/run_cli.ts";
import { percent } from "../figures.ts";
import { loadOfLastMinute } from "../machine.ts";
import { emitMeasured, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { restUntilQuiet } from "../quiet.ts";
import { timesOf } from "../statistics.ts";
import { byRanks, launch } from "./launch.ts";
import { stepSeconds } from "./step_seconds.ts";

/** One training. */
interface Turn {
  /** Seconds of a step: the median of its steps. */
  readonly seconds: number;
  /** Of all processes, for a step; the start is shared out among the steps. */
  readonly processorSeconds: number;
  /** Share of the time in which something travelled between ranks. */
  readonly waitedForRanks?: number;
}

/** How a training is done. */
type Way = "oneProcess" | "inParts" | "byRanks";

/** The JSON document of the command. */
export interface RanksDocument {
  readonly ranks: number;
  readonly steps: number;
  /** Jobs of the minute before. */
  readonly load: number;
  /** Largest share of the processors that other jobs used before a turn. */
  readonly busy: number;
  /** By round. */
  readonly turns: Readonly<Record<Way, readonly Turn[]>>;
  /** How many times as fast ranks are: the median of the rounds. */
  readonly speed: number;
  /** The same for the parts in one process. */
  readonly speedOfParts: number;
  /** Whether ranks leave the bytes of one process with as many parts. */
  readonly sameBytes: boolean;
}

interface Flags {
  readonly latents: string;
  readonly ranks: number;
  readonly steps: number;
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

/** `bench ranks`. */
export function ranksCommand(): Command {
  return new Command("ranks")
    .description(
      "Train the tiny AR model by ranks of MPI with a thread each, in parts by " +
        "one process, and without parts (Linux)",
    )
    .requiredOption("--latents <file>", "latents of the tiny S-VAE")
    .option("--ranks <count>", "how many; as many threads alone", parseCount, 2)
    .option("--steps <count>", "steps of each training", parseCount, 60)
    .option("--rounds <count>", "how often each trains", parseCount, 5)
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
  { latents, ranks, steps, rounds, wait }: Flags,
  folder: string,
): Promise<RanksDocument> {
  const load = loadOfLastMinute();
  const stage = `train-ar --latents ${await Deno.realPath(latents)} ` +
    `--steps ${steps} --device cpu --force --quiet --json`;
  const ways: Readonly<Record<Way, readonly string[]>> = {
    oneProcess: [...CLI, ...stage.split(" ")],
    inParts: [...CLI, ...`${stage} --parts ${ranks}`.split(" ")],
    byRanks: [
      ...byRanks(ranks),
      ...CLI,
      ...`${stage} --parts ${ranks}`.split(" "),
    ],
  };
  const turns: Record<Way, Turn[]> = {
    oneProcess: [],
    inParts: [],
    byRanks: [],
  };
  let busy = 0;
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(ways) as Way[];
    // Nobody is always the first, when the machine is as it was left.
    for (const way of round % 2 === 0 ? names : names.toReversed()) {
      busy = Math.max(busy, await restUntilQuiet(1000 * wait));
      turns[way].push(
        await turnOf([...ways[way], "-o", fileOf(way)], { folder, steps }),
      );
    }
  }
  const [shared, own] = await Promise.all(
    (["byRanks", "inParts"] as const)
      .map((way) => digestFile(join(folder, fileOf(way)))),
  );
  return {
    ranks,
    steps,
    load,
    busy,
    turns,
    speed: speedOf(turns, "byRanks"),
    speedOfParts: speedOf(turns, "inParts"),
    sameBytes: shared === own,
  };
}

const CLI = [Deno.execPath(), "run", "-A", "--no-check", join(ROOT, "cli.ts")];

function fileOf(way: Way): string {
  return `${way}.safetensors`;
}

async function turnOf(
  command: readonly string[],
  { folder, steps }: { readonly folder: string; readonly steps: number },
): Promise<Turn> {
  const log = join(folder, "log");
  const { stdout, processorSeconds } = await launch(
    [...command, "--log", log],
    folder,
  );
  const { summary: { waitedForRanks } } = JSON.parse(stdout) as {
    readonly summary: { readonly waitedForRanks?: number };
  };
  const path = join(log, "train-ar", "scalars.jsonl");
  const seconds = stepSeconds(await Deno.readTextFile(path));
  await Deno.remove(log, { recursive: true });
  return {
    seconds,
    processorSeconds: processorSeconds / steps,
    ...waitedForRanks !== undefined && { waitedForRanks },
  };
}

/** Against one process without parts, round by round. */
function speedOf(turns: RanksDocument["turns"], way: Way): number {
  const rounds = turns.oneProcess
    .map(({ seconds }, round) => seconds / turns[way][round]!.seconds);
  return timesOf(rounds).median;
}

function text(document: RanksDocument): string {
  const { ranks, turns, speed, speedOfParts, sameBytes } = document;
  const waited = turns.byRanks.map(({ waitedForRanks }) => waitedForRanks!);
  const row = (name: string, own: readonly Turn[]) => [
    name,
    own.map(({ seconds }) => seconds.toFixed(3)).join(" "),
    own.map((each) => each.processorSeconds.toFixed(2)).join(" "),
  ];
  return table([
    ["", "seconds of a step, by round", "processor seconds"],
    row(`one process, ${ranks} threads`, turns.oneProcess),
    row(`the same, ${ranks} parts`, turns.inParts),
    row(`${ranks} ranks, a thread each`, turns.byRanks),
  ]).concat(
    `ranks are ${speed.toFixed(2)} times as fast, parts ` +
      `${speedOfParts.toFixed(2)} times; ranks waited for each other ` +
      `${percent(timesOf(waited).median)} of the time; ` +
      (sameBytes ? "the same bytes" : "OTHER BYTES"),
  ).join("\n");
}
