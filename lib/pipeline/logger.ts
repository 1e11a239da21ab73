import { styleText } from "node:util";

/** Messages for people. They go to standard error, so that pipes stay clean. */
export interface Logger {
  /** Something that happened. */
  info(message: string): void;
  /** Something that may be wrong, but does not stop the work. */
  warn(message: string): void;
  /** Detail, shown only when it was asked for. */
  debug(message: string): void;
}

/** Where and how a logger writes. */
export interface LoggerOptions {
  /** Receives each line, without its newline. */
  readonly write: (line: string) => void;
  /** True to colour warnings. */
  readonly color?: boolean;
  /** True to show detail. */
  readonly verbose?: boolean;
}

/** Makes a logger that writes whole lines. */
export function createLogger(options: LoggerOptions): Logger {
  const { write, color = false, verbose = false } = options;
  return {
    info: write,
    warn: (message) => write(paint("yellow", `Warning: ${message}`, color)),
    debug: (message) => {
      if (verbose) write(paint("dim", message, color));
    },
  };
}

/** Styles that the tool uses. */
export type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** The text in a style where `color` is true, and as it is elsewhere. */
export function paint(style: Style, text: string, color: boolean): string {
  return color ? styleText(style, text, { validateStream: false }) : text;
}
