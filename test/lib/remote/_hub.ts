import { createHash } from "node:crypto";
import { createLogger, type Progress } from "../../../lib/pipeline/mod.ts";

/** What a request was, as a server sees it. */
export interface Seen {
  /** The Hub itself, or the host that it leads to. */
  readonly host: "hub" | "store";
  readonly path: string;
  readonly token: string | null;
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** A file on a played Hub, and how its servers behave. */
export interface PlayedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** What the Hub says of it; the true digest unless it is given. */
  sha256?: string;
  /** The store's tag; none with `null`. */
  etag?: string | null;
  /** Whether the store heeds ranges. */
  ranges?: boolean;
  /** Whether the Hub gives it itself, as it does with small files. */
  direct?: boolean;
  /** Bytes after which the store's next answers break off. */
  cuts?: number[];
  /** Statuses of the Hub's next answers in place of the file. */
  statuses?: number[];
  /** Milliseconds between pieces of 64 KiB. */
  pauseMs?: number;
  /** Where the Hub leads to in place of the store. */
  location?: string;
}

/** Two servers of this machine that play the Hub and the store behind it. */
export class PlayedHub implements AsyncDisposable {
  readonly files: Record<string, PlayedFile> = {};
  readonly seen: Seen[] = [];
  /** The one who may read, where not everybody may. */
  token: string | undefined;
  private readonly hub = serve((request) => this.answer(request));
  private readonly store = serve((request) => this.give(request));

  /** The Hub's address. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.hub.addr.port}`;
  }

  /** Address of a file where the Hub has it. */
  url(path: string): string {
    return `${this.endpoint}/${path}`;
  }

  /** Requests that one of the servers saw. */
  seenBy(host: Seen["host"]): readonly Seen[] {
    return this.seen.filter((one) => one.host === host);
  }

  private answer(request: Request): Response {
    const { path, file } = this.note(request, "hub");
    const { token } = this.seen.at(-1)!;
    if (this.token !== undefined && token !== `Bearer ${this.token}`) {
      return new Response("who are you?", { status: token ? 403 : 401 });
    }
    if (file === undefined) return new Response("no", { status: 404 });
    const status = file.statuses?.shift();
    if (status !== undefined) {
      return new Response("later", { status, headers: { "retry-after": "0" } });
    }
    if (file.direct) return rangeOf(request, file);
    const location = file.location ??
      `http://127.0.0.1:${this.store.addr.port}/${path}?signature=secret`;
    const sha256 = file.sha256 ?? digest(file.bytes);
    return new Response(null, {
      status: 302,
      headers: {
        location,
        "x-linked-size": String(file.bytes.length),
        "x-linked-etag": `"${sha256}"`,
      },
    });
  }

  private give(request: Request): Response {
    const { file } = this.note(request, "store");
    if (file === undefined) return new Response("no", { status: 404 });
    return rangeOf(request, file);
  }

  private note(request: Request, host: Seen["host"]) {
    const path = new URL(request.url).pathname.slice(1);
    const { headers } = request;
    this.seen.push({
      host,
      path,
      token: headers.get("authorization"),
      range: headers.get("range"),
      ifRange: headers.get("if-range"),
    });
    return { path, file: this.files[path] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.shutdown();
    await this.store.shutdown();
  }
}

function serve(handler: (request: Request) => Response) {
  const quiet = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  return Deno.serve(quiet, handler);
}

/** A file, or its end where that was asked for, cut where that was ordered. */
function rangeOf(request: Request, file: PlayedFile): Response {
  const { bytes, etag = `"${digest(bytes).slice(0, 16)}"` } = file;
  const { headers } = request;
  const range = /^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1];
  const ifRange = headers.get("if-range");
  const isFresh = ifRange === null || ifRange === etag;
  const heeded = (file.ranges ?? true) && range !== undefined && isFresh;
  const start = heeded ? Number(range) : 0;
  if (start > bytes.length) return new Response(null, { status: 416 });
  const size = bytes.length - start;
  const end = start + Math.min(size, file.cuts?.shift() ?? size);
  return new Response(pieces(bytes.subarray(start, end), file.pauseMs), {
    status: heeded ? 206 : 200,
    headers: {
      "content-length": String(size),
      ...etag !== null && { etag },
      ...heeded && {
        "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      },
    },
  });
}

/** Bytes in pieces; one who ends before the length that was told is cut. */
function pieces(
  bytes: Uint8Array<ArrayBuffer>,
  pauseMs = 0,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at >= bytes.length) return controller.close();
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      controller.enqueue(bytes.slice(at, at += 65_536));
    },
  });
}

/** SHA-256 as 64 hexadecimal digits. */
export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Bytes of which no stretch is like another. */
export function someBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Surroundings of a transfer that keep what is said. */
export function listeningTools(): {
  readonly said: string[];
  readonly log: ReturnType<typeof createLogger>;
  readonly progress: Progress;
  readonly controller: AbortController;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
} {
  const said: string[] = [];
  const controller = new AbortController();
  const task = { seconds: 0, advance() {}, resume() {}, set() {}, finish() {} };
  return {
    said,
    log: createLogger({ write: (line) => said.push(line) }),
    progress: { start: () => task },
    controller,
    signal: controller.signal,
    pauseMs: 1,
  };
}
