import { setImmediate } from "node:timers";
import { Guard } from "./guard.ts";
import { MpiLibrary } from "./library.ts";
import type { Opened, Reply, Request } from "./messages.ts";
import { type Movement, Transfer } from "./transfer.ts";
import { Witness } from "./witness.ts";

/** How long messages are watched before new requests are looked for. */
const SPIN_MS = 0.05;

/** How long messages are watched without a pause. */
const AWAKE_MS = 2;

/** A pause between two looks at messages that take long. */
const NAP_MS = 0.05;

/** Memory that nobody wakes a thread by. */
const NOBODY = new Int32Array(new SharedArrayBuffer(4));

/** Calls MPI, all from one thread, and never waits inside of it. */
export class MpiServer {
  #library?: MpiLibrary;
  #guard?: Guard;
  #rank = 0;
  #transfers = 0;
  readonly #open = new Map<number, Transfer>();
  #driving = false;
  readonly #reply: (reply: Reply) => void;

  constructor(reply: (reply: Reply) => void) {
    this.#reply = reply;
  }

  /** Serves a request; the reply comes when it is done. */
  serve(call: number, request: Request): void {
    try {
      const served = this.#serve(call, request);
      if (served !== "later") this.#reply({ call, result: served });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #serve(call: number, request: Request): Opened | undefined | "later" {
    switch (request.kind) {
      case "open":
        return this.#start(request);
      case "abort":
        (this.#guard ?? this.#library!).abort(request.status);
        return undefined;
      case "close":
        this.#end(call);
        return "later";
      default:
        this.#begin(call, request);
        return "later";
    }
  }

  #start(
    { path, watching: { witnessed, ...watching } }: Extract<
      Request,
      { kind: "open" }
    >,
  ): Opened {
    const witness = witnessed === undefined
      ? undefined
      : new Witness(witnessed);
    try {
      const library = new MpiLibrary(path);
      const opened = { ...library.initialize(), host: library.host() };
      this.#library = library;
      this.#rank = opened.rank;
      if (opened.size > 1) {
        this.#guard = new Guard(library, { ...opened, ...watching, witness });
      } else witness?.dismiss();
      return opened;
    } catch (error) {
      witness?.dismiss();
      throw error;
    }
  }

  /** All ranks come here after a barrier: nothing else is on its way. */
  async #end(call: number): Promise<void> {
    try {
      await this.#guard?.end();
      this.#library!.finalize();
      this.#reply({ call });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #begin(call: number, movement: Movement): void {
    const place = { rank: this.#rank, count: this.#transfers++ };
    this.#open.set(call, new Transfer(this.#library!, movement, place));
    if (!this.#driving) this.#drive();
  }

  /** Lets messages move until all transfers are done. */
  async #drive(): Promise<void> {
    this.#driving = true;
    let idleSinceMs = performance.now();
    while (this.#open.size > 0) {
      const until = performance.now() + SPIN_MS;
      let moved = false;
      while (!moved && performance.now() < until) moved = this.#finishSome();
      await new Promise((next) => setImmediate(next));
      const now = performance.now();
      if (moved) idleSinceMs = now;
      // Whoever waits long leaves the processor to those who compute.
      if (now - idleSinceMs > AWAKE_MS) Atomics.wait(NOBODY, 0, 0, NAP_MS);
    }
    this.#driving = false;
  }

  /** Whether any transfer came to its end. */
  #finishSome(): boolean {
    const before = this.#open.size;
    for (const [call, transfer] of this.#open) {
      try {
        if (!transfer.isDone()) continue;
        this.#open.delete(call);
        this.#reply({ call });
      } catch (error) {
        this.#open.delete(call);
        this.#fail(call, error);
      }
    }
    return this.#open.size < before;
  }

  #fail(call: number, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#reply({ call, error: text });
  }
}
