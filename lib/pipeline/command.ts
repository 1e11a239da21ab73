import type { z } from "zod";
import type { Collective } from "../parallel/mod.ts";
import type { Engine } from "../tensor/engine.ts";
import type { Examples } from "./example.ts";
import type { Logger } from "./logger.ts";
import type { Progress } from "./progress.ts";
import type { RemoteFiles } from "./remote_files.ts";
import type { Share, Stage } from "./stage.ts";

/** Words after the command's name. */
export interface CommandArgument {
  /** Name for `--help`. */
  readonly name: string;
  /** One line for `--help`. */
  readonly help: string;
  /** True where the command also runs without it. */
  readonly optional?: boolean;
  /** True where several may be given. */
  readonly many?: boolean;
  /** Words to propose where others are allowed too. */
  readonly choices?: readonly string[];
}

/** Everything that a command may touch while it runs. */
export interface CommandContext<O = unknown> {
  /** The options, checked by the command's schema. */
  readonly options: O;
  /** The words after the command's name. */
  readonly args: readonly string[];
  /** True where the result is wanted as JSON. */
  readonly json: boolean;
  /** True where no more than what was asked for is wanted. */
  readonly quiet: boolean;
  /** True where standard output takes colours. */
  readonly color: boolean;
  /** Seed of every random stream of this run; 0 where `--seed` is an own option. */
  readonly seed: number;
  /** This process's share of the work; all of it where it is not given. */
  readonly share: Share | undefined;
  /** What the user asked for by `--device`. */
  readonly device: string;
  /** The engine that the user chose, opened at the first call. */
  engine(): Promise<Engine>;
  /** The processes that a launcher of MPI has started together with this one. */
  ranks(): Promise<Collective>;
  /** Files of others, which words may stand for. */
  remoteFiles(): Promise<RemoteFiles>;
  /** A stage of this program by its name. */
  loadStage(name: string): Promise<Stage | undefined>;
  /** The command that runs this once more. */
  readonly commandLine: readonly string[];
  /** Reads a variable of the environment. */
  environment(name: string): string | undefined;
  /** Writes the result to standard output, with a newline. */
  print(text: string): void;
  /** Progress with rate and time left, on standard error. */
  readonly progress: Progress;
  /** Messages for people, on standard error. */
  readonly log: Logger;
  /** Set at the first ^C. */
  readonly signal: AbortSignal;
}

/** A command that is not a stage: it explains or checks, and makes no artifact. */
export interface Command<S extends z.ZodObject = z.ZodObject> {
  /** Kebab-case name. */
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Command lines for `--help`. */
  readonly examples: Examples;
  /** Words after the name. */
  readonly arguments?: readonly CommandArgument[];
  /** Schema of the options; every field is described. */
  readonly options: S;
  /** True where several processes may share its work; it gets `--rank` and `--world`. */
  readonly shares?: boolean;
  /** True where processes that a launcher of MPI has started run it together. */
  readonly together?: boolean;
  /** Does the work and returns the exit status: 0 good, 1 a check failed. */
  run(context: CommandContext<z.infer<S>>): Promise<number>;
}

/** Returns the command as it is, with the types of its options inferred. */
export function defineCommand<S extends z.ZodObject>(
  command: Command<S>,
): Command<S> {
  return command;
}
