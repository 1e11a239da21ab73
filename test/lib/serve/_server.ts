import type { AccessRecord } from "../../../lib/serve/mod.ts";
import { type ServerOptions, serveUntil } from "../../../lib/serve/mod.ts";

/** A server that a test talks to. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly records: readonly AccessRecord[];
  readonly bugs: readonly unknown[];
  /** Asks for the end and waits for it. */
  stop(): Promise<void>;
}

/** Serves routes on a free port. */
export async function startServer(
  options: Partial<ServerOptions> & Pick<ServerOptions, "routes">,
): Promise<TestServer> {
  const controller = new AbortController();
  const records: AccessRecord[] = [];
  const bugs: unknown[] = [];
  const listening = Promise.withResolvers<string>();
  const served = serveUntil(controller.signal, {
    hostname: "127.0.0.1",
    port: 0,
    names: ["127.0.0.1"],
    mostCalls: 100,
    idleMs: 5000,
    onListen: listening.resolve,
    onAnswered: (record) => records.push(record),
    onBug: (error) => bugs.push(error),
    ...options,
  });
  const url = await Promise.race([
    listening.promise,
    served.then(() => Promise.reject(new Error("It does not listen"))),
  ]);
  return {
    url,
    port: Number(new URL(url).port),
    records,
    bugs,
    async stop() {
      controller.abort();
      await served;
    },
  };
}

/** Sends bytes and reads the answer up to where the server has no more. */
export async function rawAnswer(
  port: number,
  request: string | Uint8Array,
): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const decoder = new TextDecoder();
  let text = "";
  try {
    const bytes = typeof request === "string"
      ? new TextEncoder().encode(request)
      : request;
    // A server that has refused may not read the rest.
    await connection.write(bytes).catch(() => {});
    const buffer = new Uint8Array(2 ** 16);
    while (!isWhole(text)) {
      const read = await connection.read(buffer).catch(() => null);
      if (read === null) break;
      text += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  } finally {
    connection.close();
  }
  return text;
}

/** Whether head and, where its length is told, body of an answer are there. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1];
  return text.length >= end + 4 + Number(length ?? 0);
}
