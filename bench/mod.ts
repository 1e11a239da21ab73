/**
 * Speed: side by side with the authors' code, of the GPU engine's kernels, and
 * side by side with other libraries on the GPU; every result is a JSON document.
 *
 * @module
 */
import { Argument, Command, CommanderError, Option } from "commander";
import { UserError } from "../lib/artifact/mod.ts";
import { createOnnxEngine } from "../lib/engine/onnx/mod.ts";
import { CASE_NAMES, type CaseName } from "./cases.ts";
import { kernelsCommand } from "./kernels/mod.ts";
import { emit } from "./output.ts";
import { parseCount } from "./parse_count.ts";
import { qualityCommand } from "./quality/mod.ts";
import { rivalsCommand } from "./rivals/mod.ts";
import { runBench } from "./run.ts";
import { structureCommand } from "./structure/mod.ts";
import { resultTable } from "./table.ts";
import { weightsCommand } from "./weights/mod.ts";

interface Flags {
  readonly release?: string;
  readonly python?: string;
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

const COMMANDS = [
  kernelsCommand,
  structureCommand,
  rivalsCommand,
  weightsCommand,
  qualityCommand,
];

const EPILOGUE = `
Where no command is named, the CPU engine runs the cases beside the authors'
code. Results go to standard output as JSON and to standard error as a table.`;

function buildCommand(): Command {
  const command = new Command("bench")
    .description("Measure our speed, and others' beside it")
    .addArgument(
      new Argument("[names...]", "cases; all where none is named")
        .choices(CASE_NAMES),
    )
    .addOption(
      new Option("--release <folder>", "checkout of guolinke/SphereAR"),
    )
    .option("--python <file>", "a Python with torch")
    .addOption(
      new Option("--rounds <count>", "turns of each contestant")
        .argParser(parseCount).default(3),
    )
    .addOption(
      new Option("--wait <seconds>", "longest wait for quiet before a turn")
        .argParser(parseCount).default(10),
    )
    .option("-o, --output <file>", "write the JSON document there too")
    .addHelpText("after", EPILOGUE)
    .enablePositionalOptions()
    .action(compareWithRelease);
  for (const make of COMMANDS) command.addCommand(make());
  for (const each of withSubcommands(command)) {
    each.exitOverride().configureOutput({ outputError: () => {} });
  }
  return command;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

async function compareWithRelease(
  named: readonly CaseName[],
  { release, python, rounds, wait, output }: Flags,
): Promise<void> {
  if ((release === undefined) !== (python === undefined)) {
    throw new UserError("--release and --python are of use only together");
  }
  const place = release === undefined || python === undefined
    ? undefined
    : { release, python };
  const names = named.length > 0 ? named : CASE_NAMES;
  const engine = await createOnnxEngine();
  const document = await runBench(engine, names, {
    rounds,
    patienceMs: 1000 * wait,
    place,
    threads: engine.info.threads,
    log: (line) => console.error(line),
  });
  await engine.close();
  await emit(document, { text: resultTable(document), output });
}

async function main(args: readonly string[]): Promise<void> {
  await buildCommand().parseAsync([...args], { from: "user" });
}

/** Tells an error in one line and returns the exit status. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) console.error(error.message);
    return error.exitCode === 0 ? 0 : 2;
  }
  if (error instanceof UserError) {
    console.error(`Error: ${error.message}`);
    return 2;
  }
  console.error(error);
  return 1;
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args).then(() => 0, fail));
}
