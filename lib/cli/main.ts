import { type Command, CommanderError } from "commander";
import { createAtomic, UserError } from "../artifact/mod.ts";
import type {
  Command as PlainCommand,
  CommandContext,
  RemoteFiles,
  RemoteTools,
  Stage,
} from "../pipeline/mod.ts";
import { checkOptions } from "../pipeline/mod.ts";
import { type Collective, StopError } from "../parallel/mod.ts";
import { type Engine, EngineError } from "../tensor/engine.ts";
import { cacheFolder } from "./cache_folder.ts";
import { addCompletions } from "./completions.ts";
import { type EngineTable, openEngine } from "./devices.ts";
import { givenOptions } from "./flags.ts";
import { findAdapter } from "./gpu.ts";
import { INTERRUPTED_STATUS, watchInterrupts } from "./interrupt.ts";
import { LaunchedRanks } from "./launched.ts";
import { tellProfile } from "./profile.ts";
import {
  buildProgram,
  type CommonOptions,
  type Declaration,
  ownsSeed,
} from "./program.ts";
import { shareOf } from "./ranks.ts";
import { runStage } from "./run_stage.ts";
import { claimGpu } from "./shared_gpu.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** Loads the declaration of a stage or a command. */
export type Loader = () => Promise<
  { readonly stage: Stage } | { readonly command: PlainCommand }
>;

/** What the command line is made from. */
export interface CliTables {
  /** Stages and commands by name, in the order of `--help`. */
  readonly loaders: Readonly<Record<string, Loader>>;
  readonly engines: EngineTable;
  /** Opens the cache of files of others; loads its code only then. */
  readonly remoteFiles: (tools: RemoteTools) => Promise<RemoteFiles>;
  readonly version: string;
}

/**
 * Runs the command line and returns the exit status.
 *
 * Status 1: a check failed, or a bug of ours; 2: the user can mend it;
 * 130: stopped by ^C.
 */
export async function runCli(
  args: readonly string[],
  tables: CliTables,
): Promise<number> {
  const session = new Session(tables, args);
  try {
    const declarations = await loadDeclarations(args, tables.loaders);
    const program = buildProgram(declarations, {
      version: tables.version,
      action: (declaration, parsed) => session.run(declaration, parsed),
    });
    if (declarations.length > 1) addCompletions(program, openTerminal().print);
    for (const command of [program, ...program.commands]) silence(command);
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(withoutHelp(args, program), FROM_USER);
    return await session.end();
  } catch (error) {
    return await session.fail(error);
  } finally {
    await session.close();
  }
}

const FROM_USER = { from: "user" } as const;

/** `help` of a command that is unknown is refused as that command is. */
function withoutHelp(args: readonly string[], program: Command): string[] {
  const [first, name] = args;
  const isKnown = program.commands.some((command) => command.name() === name);
  const isHelp = first === "help" && name !== undefined;
  return isHelp && !isKnown ? [name] : [...args];
}

/** Errors are told once, by us, as one line. */
function silence(command: Command): void {
  command.configureOutput({ outputError: () => {} });
}

/** Only the named command is loaded; help and completions need all. */
async function loadDeclarations(
  args: readonly string[],
  loaders: CliTables["loaders"],
): Promise<readonly Declaration[]> {
  const [name = ""] = args;
  const wanted = Object.hasOwn(loaders, name) ? [name] : Object.keys(loaders);
  const loaded = wanted.map((key) => loaders[key]!());
  return await Promise.all(loaded) as readonly Declaration[];
}

/** One run of one command: its terminal, engine and status. */
class Session {
  status = 0;
  private readonly tables: CliTables;
  private terminal: Terminal = openTerminal();
  private signal: AbortSignal | undefined;
  private opened: Promise<Engine> | undefined;
  private gpu: Disposable | undefined;
  private files: Promise<RemoteFiles> | undefined;
  private profile: string | undefined;
  private readonly ranks = new LaunchedRanks((name) => Deno.env.get(name));

  private readonly commandLine: readonly string[];

  constructor(tables: CliTables, args: readonly string[]) {
    this.tables = tables;
    const program = [Deno.execPath(), "run", "-A", Deno.mainModule];
    this.commandLine = [...program, ...args];
  }

  async run(declaration: Declaration, parsed: Command): Promise<void> {
    const common = parsed.opts<CommonOptions>();
    const { together = false } = declaration.stage ?? declaration.command;
    // One of those that work together speaks for all.
    const silent = together && this.ranks.follows;
    if (together) this.ranks.expect();
    this.terminal = openTerminal({ ...common, silent });
    const { log } = this.terminal;
    const signal = watchInterrupts((message) => log.info(message));
    this.signal = signal;
    const engine = () => this.opened ??= this.open(common);
    const loadStage = (name: string) => this.loadStage(name);
    const remoteFiles = () => this.files ??= this.openFiles(signal);
    const ranks = () => this.ranks.open();
    const { commandLine } = this;
    const tools = {
      signal,
      engine,
      ranks,
      loadStage,
      remoteFiles,
      commandLine,
    };
    const host = { ...this.terminal, ...tools };
    if (declaration.stage !== undefined) {
      await runStage(declaration.stage, parsed, host);
    } else {
      const context = commandContext(declaration.command, parsed, host);
      this.status = await declaration.command.run(context);
    }
  }

  private async openFiles(signal: AbortSignal): Promise<RemoteFiles> {
    const { log, progress } = this.terminal;
    return await this.tables.remoteFiles({
      cache: cacheFolder(),
      environment: (name) => Deno.env.get(name),
      log,
      progress,
      signal,
    });
  }

  private async loadStage(name: string): Promise<Stage | undefined> {
    const { loaders } = this.tables;
    if (!Object.hasOwn(loaders, name)) return undefined;
    const loaded = await loaders[name]!();
    return "stage" in loaded ? loaded.stage : undefined;
  }

  private async open(
    { device, precision, profile, quiet = false }: CommonOptions,
  ): Promise<Engine> {
    this.profile = profile;
    const { log } = this.terminal;
    // Fails before the work where it could not be written after it.
    if (profile !== undefined) await (await createAtomic(profile)).abort();
    const engine = await openEngine(device, this.tables.engines, {
      precision,
      profile,
      tell: (line) => log.info(line),
    });
    if (engine.name === "webgpu") await this.claimGpu({ quiet });
    return engine;
  }

  /** A rank for which another speaks says itself that it has no GPU. */
  private async claimGpu({ quiet }: { quiet: boolean }): Promise<void> {
    const { info } = await findAdapter() ?? {};
    if (info === undefined) return;
    const environment = (name: string) => Deno.env.get(name);
    const tell = quiet ? () => {} : this.terminal.printError;
    this.gpu = await claimGpu({ environment, adapter: info }, tell);
  }

  /** Ends well, when all that work together have, and returns the exit status. */
  async end(): Promise<number> {
    await this.ranks.close();
    return this.status;
  }

  /** Tells an error, ends all that work together, and returns the exit status. */
  async fail(error: unknown): Promise<number> {
    const { printError } = this.terminal;
    if (error instanceof CommanderError) {
      const reason = oneLine(error.message.replace(/^error: /, ""));
      const isTold = error.exitCode === 0 || this.ranks.follows;
      if (!isTold) printError(reason);
      return error.exitCode === 0 ? 0 : 2;
    }
    const isAsked = this.signal?.aborted && !(error instanceof UserError);
    if (isAsked || error instanceof StopError) {
      if (!this.ranks.follows) {
        printError("Stopped; the same command goes on from here");
      }
      await this.ranks.leave();
      return INTERRUPTED_STATUS;
    }
    const { status, reason } = failureOf(error);
    await this.ranks.fail(reason, printError);
    return status;
  }

  async close(): Promise<void> {
    const engine = await this.opened?.catch(() => undefined);
    try {
      await tellProfile(engine, this.profile, this.terminal);
    } catch (error) {
      this.status = await this.fail(error);
    } finally {
      await this.closeEngine(engine);
    }
  }

  /** After ^C nobody waits for work that goes on: the process ends anyway. */
  private async closeEngine(engine: Engine | undefined): Promise<void> {
    this.gpu?.[Symbol.dispose]();
    const closed = engine?.close();
    if (!this.signal?.aborted) return await closed;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_CLOSE_MS);
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
  }
}

/** How long an engine may take to close after ^C. */
const LAST_CLOSE_MS = 500;

type Host = Terminal & {
  readonly signal: AbortSignal;
  engine(): Promise<Engine>;
  ranks(): Promise<Collective>;
  readonly commandLine: readonly string[];
  remoteFiles(): Promise<RemoteFiles>;
  loadStage(name: string): Promise<Stage | undefined>;
};

function commandContext(
  command: PlainCommand,
  parsed: Command,
  host: Host,
): CommandContext<Record<string, unknown>> {
  const { device, seed, json = false, quiet = false } = parsed
    .opts<CommonOptions>();
  const share = shareOf(command, parsed, (name) => Deno.env.get(name));
  const options = checkOptions(command.options, {
    given: givenOptions(parsed, command.options),
    where: command.name,
  });
  const { printError: _printError, ...tools } = host;
  return {
    ...tools,
    environment: (name) => Deno.env.get(name),
    options,
    args: parsed.args,
    json,
    quiet,
    seed: ownsSeed(command) ? 0 : seed,
    share,
    device,
  };
}

/** An error in words, and the exit status that says whose it is. */
function failureOf(
  error: unknown,
): { readonly status: number; readonly reason: string } {
  if (error instanceof UserError || error instanceof EngineError) {
    return { status: 2, reason: `Error: ${oneLine(error.message)}` };
  }
  const text = error instanceof Error ? error.stack : String(error);
  return { status: 1, reason: `Internal error, please report it: ${text}` };
}

/** Characters of names that would move a terminal's cursor or hide text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Most characters of a quoted value that are shown: more than a path's name has. */
const SHOWN = 300;

/** A quoted value, cut in the middle where it is long. */
function shortened(quoted: string): string {
  if (quoted.length <= SHOWN) return quoted;
  const end = SHOWN / 2;
  return `${quoted.slice(0, end)}[...]${quoted.slice(-end)}`;
}

/** An error's text as one line that starts with a capital letter. */
function oneLine(message: string): string {
  const line = message.trim().replace(/\s*\n\s*/g, " ")
    .replace(/"[^"]*"|\S+/g, shortened)
    .replace(CONTROLS, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
  return line.charAt(0).toUpperCase() + line.slice(1);
}
