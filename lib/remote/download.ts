import { UserError } from "../artifact/mod.ts";
import type { Logger, Progress, ProgressTask } from "../pipeline/mod.ts";
import type { Access } from "./access.ts";
import { type Piece, pieceOf, type Version } from "./answer.ts";
import { type Digits, witnessOf } from "./digits.ts";
import { Interruption } from "./interruption.ts";
import type { PartialFile } from "./partial_file.ts";
import { request } from "./request.ts";

/** The surroundings of a transfer. */
export interface TransferTools {
  readonly log: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Pause before a second attempt, in ms; each further one is twice as long. */
  readonly pauseMs?: number;
}

/** What to get, from where. */
export interface Wanted {
  /** What people call it. */
  readonly name: string;
  readonly url: string;
  /** Its size, where that is known. */
  readonly bytes?: number | undefined;
  /** What is known of its SHA-256. */
  readonly digits: Digits;
}

/** Attempts without a byte more before the person is told. */
const ATTEMPTS = 5;

/** Pause before a second attempt unless another one is given. */
const PAUSE_MS = 500;

/** Silence after which a connection counts as cut. */
const SILENCE_MS = 60_000;

/**
 * Gets all of a file, going on after what is there of it, also after connections
 * that break off. What is there stays when it fails.
 *
 * @throws {UserError} where it cannot be had
 */
export async function download(
  wanted: Wanted,
  { partial, access, ...tools }: TransferTools & {
    readonly partial: PartialFile;
    readonly access: Access;
  },
): Promise<Version> {
  const transfer = new Transfer(wanted, { partial, access, tools });
  try {
    return await transfer.run();
  } finally {
    transfer.finish();
    await partial.flush();
  }
}

class Transfer {
  private readonly wanted: Wanted;
  private readonly partial: PartialFile;
  private readonly access: Access;
  private readonly tools: TransferTools;
  private task: ProgressTask | undefined;

  constructor(wanted: Wanted, { partial, access, tools }: {
    readonly partial: PartialFile;
    readonly access: Access;
    readonly tools: TransferTools;
  }) {
    this.wanted = wanted;
    this.partial = partial;
    this.access = access;
    this.tools = tools;
  }

  async run(): Promise<Version> {
    const { log, signal, pauseMs = PAUSE_MS } = this.tools;
    let most = this.partial.written;
    for (let failures = 0;;) {
      const version = await this.attempt().catch((error: unknown) => {
        if (error instanceof Interruption) return error;
        throw error;
      });
      if (!(version instanceof Interruption)) return version;
      const { written } = this.partial;
      failures = written > most ? 1 : failures + 1;
      most = Math.max(most, written);
      if (failures >= ATTEMPTS) throw this.givenUp(version);
      const waitMs = version.waitMs ?? pauseMs * 2 ** (failures - 1);
      const { name } = this.wanted;
      const when = `tries again in ${waitMs / 1000} s`;
      log.info(`${name}: ${version.message}; ${when}`);
      await pause(waitMs, signal);
    }
  }

  finish(): void {
    this.task?.finish();
  }

  /**
   * One request and what comes of it.
   *
   * @throws {Interruption} where more is to come
   */
  private async attempt(): Promise<Version> {
    const { partial, wanted } = this;
    if (partial.version?.bytes === partial.written) return partial.version;
    using silence = new Silence(this.tools.signal);
    const { signal } = silence;
    const start = this.resumed();
    const headers = {
      // The bytes that the digest is of, and whose number is told.
      "accept-encoding": "identity",
      ...start > 0 && rangeHeaders(start, partial.version),
    };
    const { access } = this;
    const answer = await request(wanted.url, { access, headers, signal });
    if (answer.response.status === 416) await partial.begin(undefined);
    const hasToken = access.token !== undefined;
    const piece = pieceOf(answer, { ...wanted, hasToken });
    const { sha256 } = piece.version;
    // Another file than the expected one is told before it is transferred.
    if (sha256 !== undefined) witnessOf(sha256, wanted);
    await this.place(piece);
    await this.take(piece, silence);
    return piece.version;
  }

  /** Byte from which on the file is asked for. */
  private resumed(): number {
    const { partial, wanted } = this;
    const { validator, sha256 } = partial.version ?? {};
    // Without any of these nobody would notice a mix of two versions.
    const isTold = validator !== undefined || sha256 !== undefined ||
      Object.keys(wanted.digits).length > 0;
    return isTold ? partial.written : 0;
  }

  /** Makes room for a piece: where what is there ends, or anew. */
  private async place({ start, version }: Piece): Promise<void> {
    const { partial } = this;
    if (start === 0) await partial.begin(version);
    else if (start !== partial.written || !isSame(partial.version, version)) {
      await partial.begin(undefined);
      throw new Interruption("the file has changed since, begins anew");
    }
    if (this.task === undefined) {
      const { name: label } = this.wanted;
      const { written: done } = partial;
      const task = { label, total: version.bytes, unit: "byte", done };
      this.task = this.tools.progress.start(task);
    } else this.task.set(partial.written);
  }

  /** Writes a piece to its end. */
  private async take(
    { version, body }: Piece,
    silence: Silence,
  ): Promise<void> {
    const { partial, wanted } = this;
    try {
      for await (const bytes of body) {
        silence.end();
        if (partial.written + bytes.length > version.bytes) {
          await partial.begin(undefined);
          throw new UserError(
            `Cannot fetch "${wanted.name}": expected ${version.bytes} bytes, ` +
              "the server gives more",
          );
        }
        await partial.append(bytes);
        this.task?.set(partial.written);
      }
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (error instanceof Interruption) throw error;
      this.tools.signal.throwIfAborted();
      throw new Interruption(this.cutText(version), { cause: error });
    }
    if (partial.written < version.bytes) {
      throw new Interruption(this.cutText(version));
    }
  }

  private cutText({ bytes }: Version): string {
    return `cut after ${this.partial.written} of ${bytes} bytes`;
  }

  private givenUp({ message, cause }: Interruption): UserError {
    const { written } = this.partial;
    const rest = written > 0
      ? "; the same command goes on from there"
      : "; without a network, spherear fetch takes it --from a folder";
    return new UserError(
      `Cannot fetch "${this.wanted.name}": ${message}${rest}`,
      { cause },
    );
  }
}

/** Whether two versions of a file are one, as far as they tell. */
function isSame(one: Version | undefined, other: Version): boolean {
  if (one === undefined || one.bytes !== other.bytes) return false;
  // The Hub's digest says more than tags of the hosts that it leads to.
  if (one.sha256 !== undefined || other.sha256 !== undefined) {
    return one.sha256 === other.sha256;
  }
  return other.validator === undefined || one.validator === other.validator;
}

function rangeHeaders(
  start: number,
  version: Version | undefined,
): Readonly<Record<string, string>> {
  const validator = version?.validator;
  const range = `bytes=${start}-`;
  return validator === undefined ? { range } : { range, "if-range": validator };
}

/**
 * Ends a request after a silence, when the person stops the program, or when it
 * is left with something of its answer unread.
 */
class Silence {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stop: AbortSignal) {
    this.signal = AbortSignal.any([stop, this.controller.signal]);
    this.end();
  }

  /** Something was heard. */
  end(): void {
    clearTimeout(this.timer);
    const words = `nothing came for ${SILENCE_MS / 1000} s`;
    this.timer = setTimeout(
      () => this.controller.abort(new Interruption(words)),
      SILENCE_MS,
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }
}

/** Waits; @throws what the signal is set for, where it is set meanwhile */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  signal.throwIfAborted();
}
