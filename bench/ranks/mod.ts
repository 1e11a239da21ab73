/**
 * Trainings by several ranks of one thread each, side by side with one process
 * that has as many threads.
 *
 * @module
 */
import { join } from "node:path";
import { Command } from "commander";
import { digestFile, UserError } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import { ROOT } from "../../test/stages/run_cli.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { timesOf } from "../statistics.ts";
import { stepSeconds } from "./step_seconds.ts";

/** The JSON document of the command. */
export interface RanksDocument {
  readonly ranks: number;
  readonly steps: number;
  /** Seconds of a step in each round: the median of its steps. */
  readonly oneProcess: readonly number[];
  readonly byRanks: readonly number[];
  /** How many times as fast ranks are: the median of the rounds. */
  readonly speed: number;
  /** Whether ranks leave the bytes of one process with as many parts. */
  readonly sameBytes: boolean;
}

interface Flags {
  readonly latents: string;
  readonly ranks: number;
  readonly steps: number;
  readonly rounds: number;
  readonly output?: string;
}

/** `bench ranks`. */
export function ranksCommand(): Command {
  return new Command("ranks")
    .description("Train the tiny AR model by ranks of MPI with a thread each")
    .requiredOption("--latents <file>", "latents of the tiny S-VAE")
    .option("--ranks <count>", "how many; as many threads alone", parseCount, 2)
    .option("--steps <count>", "steps of each training", parseCount, 30)
    .option("--rounds <count>", "how often both train", parseCount, 3)
    .option(...OUTPUT)
    .action(async (flags: Flags) => {
      const folder = await Deno.makeTempDir();
      try {
        const document = await compare(flags, folder);
        await emit(document, { text: text(document), output: flags.output });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
}

async function compare(
  { latents, ranks, steps, rounds }: Flags,
  folder: string,
): Promise<RanksDocument> {
  const stage = `train-ar --latents ${await Deno.realPath(latents)} ` +
    `--steps ${steps} --device cpu -q --force`;
  const parts = `--parts ${ranks}`;
  const [alone, together]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    alone.push(await stepOf(`${stage} -o alone.safetensors`, { folder }));
    together.push(
      await stepOf(`${stage} ${parts} -o ranks.safetensors`, { folder, ranks }),
    );
  }
  await stepOf(`${stage} ${parts} -o parts.safetensors`, { folder });
  const [shared, own] = await Promise.all(
    ["ranks", "parts"].map((name) =>
      digestFile(join(folder, `${name}.safetensors`))
    ),
  );
  return {
    ranks,
    steps,
    oneProcess: alone,
    byRanks: together,
    speed: timesOf(alone.map((each, i) => each / together[i]!)).median,
    sameBytes: shared === own,
  };
}

/** Seconds of a step of a training, by ranks that have a part, so a thread, each. */
async function stepOf(
  line: string,
  { folder, ranks }: { readonly folder: string; readonly ranks?: number },
): Promise<number> {
  const launcher = ranks === undefined
    ? []
    : ["mpirun", "--bind-to", "none", "-n", `${ranks}`];
  const cli = [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    join(ROOT, "cli.ts"),
  ];
  const [program, ...args] = [...launcher, ...cli, ...line.split(" ")];
  const log = join(folder, "log");
  const { success, stderr } = await new Deno.Command(program!, {
    args: [...args, "--log", log],
    cwd: folder,
    env: {
      INIT_CWD: folder,
      OMPI_ALLOW_RUN_AS_ROOT: "1",
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new UserError(
      `The training has failed: ${new TextDecoder().decode(stderr).trim()}`,
    );
  }
  const path = join(log, "train-ar", "scalars.jsonl");
  const seconds = stepSeconds(await Deno.readTextFile(path));
  await Deno.remove(log, { recursive: true });
  return seconds;
}

function text(
  { ranks, oneProcess, byRanks, speed, sameBytes }: RanksDocument,
): string {
  const times = (seconds: readonly number[]) =>
    seconds.map((each) => each.toFixed(3)).join(" ");
  return table([
    ["", "seconds of a step, by round"],
    [`one process, ${ranks} threads`, times(oneProcess)],
    [`${ranks} ranks, a thread each`, times(byRanks)],
  ]).concat(
    `ranks are ${speed.toFixed(2)} times as fast; ` +
      (sameBytes ? "the same bytes" : "OTHER BYTES"),
  ).join("\n");
}
