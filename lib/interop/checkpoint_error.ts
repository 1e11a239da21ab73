import { UserError } from "../artifact/mod.ts";

/** A checkpoint that is malformed, hostile or of a kind that is not read. */
export class CheckpointError extends UserError {
  /** Name that the command line and logs show. */
  override readonly name = "CheckpointError";
  /** Path or other name of the file. */
  readonly file: string;

  /** Says which file, and what was expected and found, in one line. */
  constructor(file: string, detail: string) {
    super(`Cannot read "${file}": ${detail}`);
    this.file = file;
  }
}

/** Makes the error of one file. */
export type Fail = (detail: string) => CheckpointError;

/** Longest text of a file that a message repeats. */
const SHOWN = 80;

/** A text from a file in quotes, control characters escaped, shortened. */
export function quoted(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
  return JSON.stringify(short);
}
