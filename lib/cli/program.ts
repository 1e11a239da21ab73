import {
  Argument,
  Command,
  Help,
  InvalidArgumentError,
  Option,
} from "commander";
import type { Command as PlainCommand, Stage } from "../pipeline/mod.ts";
import { flagName, kindsOf } from "../pipeline/mod.ts";
import { type Device, DEVICES, type Precision, PRECISIONS } from "./devices.ts";
import { examplesText } from "./examples.ts";
import { addFlags, parseNumber } from "./flags.ts";
import { addShareFlags } from "./ranks.ts";

/** A stage or a command, loaded. */
export type Declaration =
  | { readonly stage: Stage; readonly command?: undefined }
  | { readonly command: PlainCommand; readonly stage?: undefined };

/** Options that every command has. */
export interface CommonOptions {
  readonly device: Device;
  readonly precision: Precision;
  readonly seed: number;
  readonly profile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** A commander command that is ready to run. */
export type Action = (
  declaration: Declaration,
  parsed: Command,
) => Promise<void>;

const EPILOGUE = `
An artifact is read from a pipe where its option is left out or "-", and
written to one where standard output is no terminal:
  spherear sample --ar ar.safetensors --svae svae.safetensors | spherear inspect -

Status: 0 good, 1 a check failed or an internal error, 2 wrong use or input,
130 stopped by ^C.`;

/** The commander program for some declarations. */
export function buildProgram(
  declarations: readonly Declaration[],
  { version, action }: { version: string; action: Action },
): Command {
  const program = new Command("spherear")
    .description("Train, sample and measure SphereAR models")
    .version(version, "--version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .addHelpText("after", EPILOGUE)
    .configureHelp({
      optionDescription: (option) => described(option),
      argumentDescription: (argument) => described(argument),
    })
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const declaration of declarations) {
    const command = declaration.stage !== undefined
      ? stageCommand(program, declaration.stage)
      : plainCommand(program, declaration.command);
    const declared = declaration.stage ?? declaration.command;
    command.exitOverride().addHelpText("after", examplesText(declared))
      .action(() => action(declaration, command));
  }
  return program;
}

/**
 * The help of an option or argument. Of words that are proposed but not the only
 * ones there may be many: completions list them.
 */
function described(flag: Option | Argument): string {
  const help = new Help();
  if (flag instanceof Argument) return flag.description;
  const isClosed = /<choice>$/.test(flag.flags);
  if (isClosed || flag.argChoices === undefined) {
    return help.optionDescription(flag);
  }
  const open = new Option(flag.flags, flag.description)
    .default(flag.defaultValue, flag.defaultValueDescription);
  return help.optionDescription(open);
}

function stageCommand(program: Command, stage: Stage): Command {
  const command = program.command(stage.name).description(stage.summary);
  for (
    const [name, port] of Object.entries(stage.inputs)
  ) {
    const { help, optional, unless } = port;
    const notes = [
      kindsOf(port).join(" or "),
      ...(optional ? ["optional"] : []),
      ...unlessNote(unless === undefined ? [] : [unless]),
    ];
    const text = `${help} (${notes.join(", ")})`;
    command.option(`--${flagName(name)} <file>`, text);
  }
  for (const [index, name] of Object.keys(stage.outputs).entries()) {
    const { kind, help, unless } = stage.outputs[name]!;
    const flag = index === 0 ? "-o, --output" : `--${flagName(name)}`;
    const value = kind === "folder" ? "<folder>" : "<file>";
    const notes = [kind, ...unlessNote(unless)];
    command.option(`${flag} ${value}`, `${help} (${notes.join(", ")})`);
  }
  addFlags(command, stage.options);
  if (stage.shares) addShareFlags(command);
  addSeedFlag(command);
  addCommonFlags(command);
  return command
    .option(
      "--force",
      "run even where the output is up to date, and replace what others made",
    )
    .option("--keep", "refuse to replace an output that changed")
    .option("--dry-run", "only say whether it would run, and why");
}

/** Which ports may stand in for one, in words. */
function unlessNote(ports: readonly string[] = []): readonly string[] {
  if (ports.length === 0) return [];
  const flags = ports.map((port) => `--${flagName(port)}`);
  return [`unless ${flags.join(" or ")} is given`];
}

function plainCommand(program: Command, declared: PlainCommand): Command {
  const command = program.command(declared.name)
    .description(declared.summary);
  for (const argument of declared.arguments ?? []) {
    const { name, help, optional, many, choices } = argument;
    const words = many ? `${name}...` : name;
    const added = new Argument(optional ? `[${words}]` : `<${words}>`, help);
    if (choices !== undefined) added.argChoices = [...choices];
    command.addArgument(added);
  }
  addFlags(command, declared.options);
  if (declared.shares) addShareFlags(command);
  if (!ownsSeed(declared)) addSeedFlag(command);
  addCommonFlags(command);
  return command;
}

/** Whether `--seed` is an option of a command's own, such as a list of seeds. */
export function ownsSeed({ options }: Pick<PlainCommand, "options">): boolean {
  return "seed" in options.shape;
}

function addSeedFlag(command: Command): void {
  command.addOption(
    new Option("--seed <count>", "seed of every random draw")
      .argParser(parseSeed).default(0),
  );
}

function addCommonFlags(command: Command): void {
  command
    .addOption(
      new Option(
        "--device <choice>",
        "where to compute; auto is a GPU if there is one, else the CPU",
      )
        .choices([...DEVICES]).default("auto"),
    )
    .addOption(
      new Option(
        "--precision <choice>",
        "numbers on a GPU; f16 and i8 take less memory",
      )
        .choices([...PRECISIONS]).default("f32"),
    )
    .option(
      "--profile <file>",
      "time every kernel: a table, and a trace for chrome://tracing; on the " +
        "CPU a trace of each program, FILE_*.json",
    )
    .option("--json", "write the result to standard output as JSON")
    .option("-q, --quiet", "say nothing but errors")
    .option("-v, --verbose", "say more");
}

function parseSeed(text: string): number {
  const seed = parseNumber(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new InvalidArgumentError(
    `Expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}
