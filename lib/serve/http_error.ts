/** What an answer says besides its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is refused; its message is one line for the client. */
export class HttpError extends Error {
  /** Name that logs show. */
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, { status, headers = {} }: AnswerHead) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
