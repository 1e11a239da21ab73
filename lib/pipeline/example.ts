/** A command line that `--help` shows, as a user would type it. */
export interface Example {
  /** What it does, in words of someone who sees the command for the first time. */
  readonly does: string;
  /** What follows `spherear NAME`: words between spaces, without quotes. */
  readonly args: string;
}

/** The examples of a stage or command; there is at least one. */
export type Examples = readonly [Example, ...Example[]];
