import { errorCode } from "../artifact/mod.ts";
import {
  ConsoleProgress,
  createLogger,
  type Logger,
  type Progress,
} from "../pipeline/mod.ts";

/** The terminal around the process. */
export interface Terminal {
  readonly log: Logger;
  readonly progress: Progress;
  /** Whether standard output takes colours. */
  readonly color: boolean;
  /** Writes a line to standard output. */
  print(text: string): void;
  /** Writes a line to standard error, whatever was asked for. */
  printError(text: string): void;
}

/** How much is said on standard error. */
export interface TerminalOptions {
  /** True to say nothing but errors. */
  readonly quiet?: boolean;
  /** True to show detail. */
  readonly verbose?: boolean;
  /** True to say nothing but errors on standard output either. */
  readonly silent?: boolean;
}

/** Messages and progress on standard error, results on standard output. */
export function openTerminal(options: TerminalOptions = {}): Terminal {
  const { silent = false, verbose = false } = options;
  const quiet = silent || (options.quiet ?? false);
  const plain = (Deno.env.get("NO_COLOR") ?? "") !== "" ||
    Deno.env.get("TERM") === "dumb";
  const terminal = Deno.stderr.isTerminal();
  const progress = new ConsoleProgress({
    write: quiet ? () => {} : writeError,
    terminal: terminal && Deno.env.get("TERM") !== "dumb",
    columns: terminalColumns,
  });
  function printError(line: string): void {
    progress.clear();
    writeError(`${line}\n`);
  }
  return {
    progress,
    log: createLogger({
      write: quiet ? () => {} : printError,
      color: terminal && !plain,
      verbose,
    }),
    color: Deno.stdout.isTerminal() && !plain,
    print: silent ? () => {} : (text) => writeAll(Deno.stdout, `${text}\n`),
    printError,
  };
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

interface SyncSink {
  writeSync(bytes: Uint8Array): number;
}

/** Writes the whole text; a reader that has gone away is no error. */
function writeAll(sink: SyncSink, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) {
      written += sink.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    if (errorCode(error) !== "EPIPE") throw error;
  }
}
