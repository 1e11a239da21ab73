import { UserError } from "../artifact/mod.ts";
import type { AccessRecord } from "./access_log.ts";
import { Guard, type GuardOptions } from "./guard.ts";
import { LiveCall } from "./live_call.ts";
import type { RouteLookup } from "./route.ts";

/** How long running requests may go on after the end was asked for. */
const GRACE_MS = 3000;
/** And how long those then have that were told to end. */
const LAST_MS = 500;

/** What a server is made of. */
export interface ServerOptions extends GuardOptions {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly routes: RouteLookup;
  /** Requests at once; more are turned away. */
  readonly mostCalls: number;
  /** Milliseconds in which a client must take what it was sent. */
  readonly idleMs: number;
  /** Told of the address when the server listens. */
  onListen(address: string): void;
  /** Told of every request when it has ended. */
  onAnswered(record: AccessRecord): void;
  /** Told of bugs of ours. */
  onBug(error: unknown): void;
}

/**
 * Serves until the signal is set. Running requests then may end, for some
 * seconds; new ones are turned away.
 *
 * @throws {UserError} where the address cannot be had
 */
export async function serveUntil(
  signal: AbortSignal,
  options: ServerOptions,
): Promise<void> {
  const guard = new Guard(options);
  const stop = new AbortController();
  const cut = new AbortController();
  const calls = new Set<LiveCall>();
  const server = listen(options, cut.signal, async (request) => {
    const call = new LiveCall(request, {
      ...options,
      guard,
      stop: stop.signal,
    });
    const isTaken = calls.size < options.mostCalls && !signal.aborted;
    calls.add(call);
    call.ended.then(() => calls.delete(call));
    return await call.answer({ isTaken });
  });
  await aborted(signal);
  const closed = server.shutdown();
  if (!await endsWithin(closed, GRACE_MS)) {
    stop.abort(new DOMException("The server stops", "AbortError"));
    if (!await endsWithin(closed, LAST_MS)) cut.abort();
  }
}

function listen(
  { hostname, port, onListen, onBug }: ServerOptions,
  signal: AbortSignal,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({
      hostname,
      port,
      signal,
      onListen: (address) => onListen(addressOf(address)),
      onError(error) {
        onBug(error);
        return new Response(null, { status: 500 });
      },
    }, handler);
  } catch (error) {
    throw listenError(error, `${hostname}:${port}`);
  }
}

function addressOf({ hostname, port }: Deno.NetAddr): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `http://${host}:${port}`;
}

function listenError(error: unknown, address: string): unknown {
  const start = `Cannot listen on ${address}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new UserError(
      `${start}: another program has the port (--port 0 takes a free one)`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new UserError(`${start}: expected a port from 1024 on, or 0`);
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new UserError(`${start}: this machine has no such address`);
  }
  return error;
}

/** Waits until the signal is set. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Whether something ends within some time. */
export async function endsWithin(
  ending: Promise<unknown>,
  ms: number,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isDone = await Promise.race([ending.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
