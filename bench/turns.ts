import { Argument, type Command, Option } from "commander";
import { OUTPUT } from "./output.ts";
import { parseCount } from "./parse_count.ts";

/** What commands take in which libraries do some works by turns. */
export function addTurns(command: Command, works: readonly string[]): Command {
  return command
    .addArgument(
      new Argument("[works...]", "what to do; all where none is named")
        .choices(works),
    )
    .addOption(
      new Option("--rounds <count>", "turns of each library")
        .argParser(parseCount).default(3),
    )
    .option(...OUTPUT);
}
