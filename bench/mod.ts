/**
 * Speed: side by side with the authors' code, of the GPU engine's kernels, and
 * side by side with other libraries on the GPU; every result is a JSON document.
 *
 * @module
 */
import { Argument, Command, CommanderError } from "commander";
import { UserError } from "../lib/artifact/mod.ts";
import { createOnnxEngine } from "../lib/engine/onnx/mod.ts";
import { allReduceCommand } from "./all_reduce/mod.ts";
import { archivesCommand } from "./archives/mod.ts";
import { firstPictureCommand } from "./browser/first_picture.ts";
import { browserCommand } from "./browser/mod.ts";
import { CASE_NAMES, type CaseName, CASES } from "./cases.ts";
import { evaluationCommand } from "./evaluation/mod.ts";
import { imagesCommand } from "./images.ts";
import { loadingCommand } from "./loading/mod.ts";
import { kernelsCommand } from "./kernels/mod.ts";
import { emit } from "./output.ts";
import { photographsCommand } from "./photographs/mod.ts";
import { qualityCommand } from "./quality/mod.ts";
import {
  addReleaseFlags,
  peersOnCpu,
  placeOf,
  type ReleaseFlags,
  turnsOf,
} from "./release.ts";
import { ranksCommand } from "./ranks/mod.ts";
import { rivalsCommand } from "./rivals/mod.ts";
import { runBench } from "./run.ts";
import { scalingCommand } from "./scaling/mod.ts";
import { streamingCommand } from "./streaming/mod.ts";
import { structureCommand } from "./structure/mod.ts";
import { resultTable } from "./table.ts";
import { weightsCommand } from "./weights/mod.ts";

const COMMANDS = [
  archivesCommand,
  photographsCommand,
  streamingCommand,
  loadingCommand,
  imagesCommand,
  kernelsCommand,
  structureCommand,
  rivalsCommand,
  browserCommand,
  firstPictureCommand,
  weightsCommand,
  evaluationCommand,
  qualityCommand,
  ranksCommand,
  allReduceCommand,
  scalingCommand,
];

const EPILOGUE = `
Where no command is named, the CPU engine runs the cases beside the authors'
code. Results go to standard output as JSON and to standard error as a table.`;

function buildCommand(): Command {
  const command = addReleaseFlags(new Command("bench"))
    .description("Measure our speed, and others' beside it")
    .addArgument(
      new Argument("[names...]", "cases; all where none is named")
        .choices(CASE_NAMES),
    )
    .addHelpText("after", EPILOGUE)
    .enablePositionalOptions()
    .action(compareOnCpu);
  for (const make of COMMANDS) command.addCommand(make());
  for (const each of withSubcommands(command)) {
    each.exitOverride().configureOutput({ outputError: () => {} });
  }
  return command;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

async function compareOnCpu(
  named: readonly CaseName[],
  flags: ReleaseFlags,
): Promise<void> {
  const place = placeOf(flags);
  const names = named.length > 0 ? named : CASE_NAMES;
  const cases = Object.fromEntries(names.map((name) => [name, CASES[name]]));
  const engine = await createOnnxEngine();
  const { threads } = engine.info;
  const folder = await Deno.makeTempDir();
  try {
    const beside = place && await peersOnCpu(place, { threads, folder });
    const document = await runBench(engine, cases, {
      ...turnsOf(flags),
      peers: beside?.peers,
    });
    const notes = [...document.notes, ...beside?.notes ?? []];
    const { output } = flags;
    const whole = { ...document, notes };
    await emit(whole, { text: resultTable(whole), output });
  } finally {
    await engine.close();
    await Deno.remove(folder, { recursive: true });
  }
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
