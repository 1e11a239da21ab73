import { join } from "node:path";
import { UserError } from "../lib/artifact/mod.ts";
import type { Contestant, Work } from "./work.ts";

/** Where the peer is. */
export interface PeerPlace {
  /** A checkout of the authors' release. */
  readonly release: string;
  /** A Python with torch. */
  readonly python: string;
}

/** How the peer runs. */
export interface PeerWay {
  /** What it is called in results. */
  readonly name: string;
  /** Flags of the peer's script. */
  readonly flags: readonly string[];
  /** A library that is loaded before all others. */
  readonly preload?: string;
}

/** The peer at work, and what it says of itself. */
export interface Peer extends Contestant {
  readonly torch: string;
}

const SCRIPT = join(import.meta.dirname!, "peer", "release_bench.py");

/**
 * Starts the authors' code on a piece of work and warms it.
 *
 * @throws {UserError} when it does not start or fails, with its last line
 */
export async function startPeer(
  { release, python }: PeerPlace,
  work: Work,
  { flags, preload }: PeerWay,
): Promise<Peer> {
  const args = [SCRIPT, "--release", release, "--work", JSON.stringify(work)];
  const command = new Deno.Command(python, {
    args: [...args, ...flags],
    env: preload === undefined ? {} : { LD_PRELOAD: preload },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const session = new PeerSession(spawn(command, python));
  try {
    const { torch } = await session.answer() as { torch: string };
    await session.measure(1);
    return {
      torch,
      measure: (iterations) => session.measure(iterations),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

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

/** A conversation in JSON lines. */
class PeerSession {
  readonly #process: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string>;
  readonly #complaints: Promise<string>;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#requests = process.stdin.getWriter();
    this.#answers = linesOf(process.stdout);
    this.#complaints = new Response(process.stderr).text();
  }

  async measure(iterations: number): Promise<readonly number[]> {
    const request = `${JSON.stringify({ iterations })}\n`;
    await this.#requests.write(new TextEncoder().encode(request));
    const { seconds } = await this.answer() as { seconds: number[] };
    return seconds;
  }

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
