import { join } from "node:path";
import { ROOT } from "../stages/run_cli.ts";

/** The product's own server, as a process. */
export interface ServedProcess {
  readonly url: string;
  readonly port: number;
  /** Bytes of memory that the process holds. */
  residentBytes(): Promise<number>;
  /** Presses ^C, where nobody has, and waits for the end. */
  interrupt(): Promise<Ended>;
}

/** How a server ended. */
export interface Ended {
  readonly code: number;
  /** From ^C on. */
  readonly seconds: number;
  /** What it wrote on standard error. */
  readonly err: string;
}

/** Starts `spherear serve` on a free port. */
export async function startServed(
  args: readonly string[],
  { cwd, env = {} }: {
    readonly cwd: string;
    readonly env?: Record<string, string>;
  },
): Promise<ServedProcess> {
  const cli = join(ROOT, "cli.ts");
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", cli, "serve", "--port", "0", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    cwd,
    env: { INIT_CWD: cwd, NO_COLOR: "1", ...env },
  });
  const child = command.spawn();
  const err = new Response(child.stderr).text();
  const line = await firstLine(child.stdout);
  const [url] = /http:[^\s"]+/.exec(line ?? "") ?? [];
  if (url === undefined) throw new Error(`Cannot serve: ${await err}`);
  let ended: Promise<Ended> | undefined;
  async function end(): Promise<Ended> {
    const start = performance.now();
    child.kill("SIGINT");
    const { code } = await child.status;
    const seconds = (performance.now() - start) / 1000;
    return { code, seconds, err: await err };
  }
  return {
    url,
    port: Number(new URL(url).port),
    residentBytes: () => residentBytes(child.pid),
    interrupt: () => ended ??= end(),
  };
}

/** The address, which is all that a server prints. */
async function firstLine(
  stream: ReadableStream<Uint8Array>,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  return undefined;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]);
}
