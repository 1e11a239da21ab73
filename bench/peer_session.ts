import { UserError } from "../lib/artifact/mod.ts";

function spawn(command: Deno.Command, python: string): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(`Cannot start "${python}": ${message}`, {
      cause: error,
    });
  }
}

/** A script of a peer at work, and a conversation with it in JSON lines. */
export class PeerSession {
  readonly #process: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string>;
  readonly #complaints: Promise<string>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#requests = process.stdin.getWriter();
    this.#answers = linesOf(process.stdout);
    this.#complaints = new Response(process.stderr).text();
  }

  /**
   * Starts a script.
   *
   * @param python a Python with torch
   * @throws {UserError} when it does not start
   */
  static start(
    python: string,
    { args, env = {} }: {
      readonly args: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    },
  ): PeerSession {
    const command = new Deno.Command(python, {
      args: [...args],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return new PeerSession(spawn(command, python));
  }

  /** The answer to a request. */
  async ask(request: unknown): Promise<unknown> {
    const line = `${JSON.stringify(request)}\n`;
    await this.#requests.write(new TextEncoder().encode(line));
    return await this.answer();
  }

  /**
   * The next line that it says.
   *
   * @throws {UserError} when it has stopped, with its last line
   */
  async answer(): Promise<unknown> {
    const { done, value } = await this.#answers.next();
    if (!done) return JSON.parse(value);
    const lines = (await this.#complaints).trim().split("\n");
    throw new UserError(`The peer stopped: ${lines.at(-1) || "no reason"}`);
  }

  async close(): Promise<void> {
    await this.#requests.close().catch(() => {});
    await this.#answers.return(undefined);
    await this.#complaints;
    await this.#process.status;
  }
}

async function* linesOf(
  bytes: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
