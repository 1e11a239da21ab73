/** A transfer that broke off: the next attempt may go on from there. */
export class Interruption extends Error {
  /** Name that logs show. */
  override readonly name = "Interruption";
  /** Milliseconds that the server asks to wait. */
  readonly waitMs: number | undefined;

  /** Says in words what happened: the end of a sentence. */
  constructor(
    message: string,
    { waitMs, cause }: { waitMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.waitMs = waitMs;
  }
}
