/**
 * Speed side by side with the authors' code: every case runs here and there in
 * turns, and the result is one JSON document.
 *
 * @module
 */
import { Argument, Command, CommanderError, Option } from "commander";
import { InvalidArgumentError } from "commander";
import { UserError, writeTextAtomic } from "../lib/artifact/mod.ts";
import { createOnnxEngine } from "../lib/engine/onnx/mod.ts";
import { CASE_NAMES, type CaseName } from "./cases.ts";
import { runBench } from "./run.ts";
import { resultTable } from "./table.ts";

interface Flags {
  readonly release?: string;
  readonly python?: string;
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

function buildCommand(): Command {
  return new Command("bench")
    .description("Measure our speed, and torch's beside it")
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
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("Expected a whole number above 0");
}

async function main(args: readonly string[]): Promise<void> {
  const command = buildCommand().parse([...args], { from: "user" });
  const { release, python, rounds, wait, output } = command.opts<Flags>();
  if ((release === undefined) !== (python === undefined)) {
    throw new UserError("--release and --python are of use only together");
  }
  const place = release === undefined || python === undefined
    ? undefined
    : { release, python };
  const names = command.args.length > 0 ? command.args : CASE_NAMES;
  const engine = await createOnnxEngine();
  const document = await runBench(engine, names as readonly CaseName[], {
    rounds,
    patienceMs: 1000 * wait,
    place,
    threads: engine.info.threads,
    log: (line) => console.error(line),
  });
  await engine.close();
  const text = `${JSON.stringify(document, null, 2)}\n`;
  console.error(`\n${resultTable(document)}`);
  await Deno.stdout.write(new TextEncoder().encode(text));
  if (output !== undefined) await writeTextAtomic(output, text);
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
