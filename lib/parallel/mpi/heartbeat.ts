import type { MpiLibrary, Peer, Slot } from "./library.ts";
import { memoryOf } from "./memory.ts";

/** Tag of beats, below those of transfers. */
const TAG = 1;

/** A beat says whether it is the last one, and where its rank runs. */
const BEAT_BYTES = 256;

/** How often a rank says that it is there. */
export const TICK_MS = 1000;

/** A tick that comes so late says that this process was stopped itself. */
const LATE_MS = 3 * TICK_MS;

/** A rank that no longer says that it is there. */
export interface LostRank {
  readonly rank: number;
  readonly host: string;
  readonly seconds: number;
}

/** One message, on its way again and again. */
class Channel {
  readonly bytes = new Uint8Array(new ArrayBuffer(BEAT_BYTES));
  readonly #library: MpiLibrary;
  readonly #peer: Peer;
  readonly #slot: Slot;
  #open = false;

  constructor(library: MpiLibrary, rank: number) {
    this.#library = library;
    this.#peer = { rank, tag: TAG };
    this.#slot = { requests: library.requests(1), index: 0 };
  }

  send(): void {
    this.#library.send(memoryOf(this.bytes), this.#peer, this.#slot);
    this.#open = true;
  }

  receive(): void {
    this.#library.receive(memoryOf(this.bytes), this.#peer, this.#slot);
    this.#open = true;
  }

  /** Whether nothing is on its way. */
  isDone(): boolean {
    if (this.#open) this.#open = !this.#library.areDone(this.#slot.requests);
    return !this.#open;
  }
}

/**
 * Each rank tells the one before it that it is there, and listens to the one
 * behind it, so that a rank that was stopped, or whose machine hangs, is missed
 * by somebody; what a process that ends leaves is the launcher's to find.
 */
export class Heartbeat {
  readonly #next: number;
  readonly #silentTicks: number;
  readonly #incoming: Channel;
  readonly #outgoing: Channel;
  #ended = false;
  #silent = 0;
  #host = "unknown";
  #lastMs = performance.now();

  constructor(
    library: MpiLibrary,
    { rank, size, host, silentSeconds }: {
      readonly rank: number;
      readonly size: number;
      readonly host: string;
      /** Without a beat for so long, a rank has been lost. */
      readonly silentSeconds: number;
    },
  ) {
    this.#next = (rank + 1) % size;
    this.#silentTicks = 1000 * silentSeconds / TICK_MS;
    this.#incoming = new Channel(library, this.#next);
    this.#outgoing = new Channel(library, (rank + size - 1) % size);
    new TextEncoder().encodeInto(host, this.#outgoing.bytes.subarray(1));
    this.#incoming.receive();
  }

  /**
   * Sends a beat and looks for one; every TICK_MS.
   *
   * @param isWell whether this rank has a beat to send
   */
  tick(isWell: boolean): LostRank | undefined {
    const now = performance.now();
    if (now - this.#lastMs > LATE_MS) this.#silent = 0;
    this.#lastMs = now;
    // What is on its way still would be overtaken.
    if (isWell && this.#outgoing.isDone()) this.#outgoing.send();
    this.#silent++;
    this.#listen();
    if (this.#silent < this.#silentTicks) return undefined;
    const seconds = this.#silent * TICK_MS / 1000;
    return { rank: this.#next, host: this.#host, seconds };
  }

  /** Says and hears farewell, called until it is true. */
  end(): boolean {
    const { bytes } = this.#outgoing;
    if (bytes[0] === 0 && this.#outgoing.isDone()) {
      bytes[0] = 1;
      this.#outgoing.send();
    }
    this.#listen();
    return this.#ended && bytes[0] === 1 && this.#outgoing.isDone();
  }

  /** Takes the beats that have come; whoever has said farewell is silent rightly. */
  #listen(): void {
    while (!this.#ended && this.#incoming.isDone()) {
      this.#silent = 0;
      const { bytes } = this.#incoming;
      this.#ended = bytes[0] === 1;
      const host = new TextDecoder().decode(bytes.subarray(1));
      this.#host = host.slice(0, host.indexOf("\0"));
      if (!this.#ended) this.#incoming.receive();
    }
    if (this.#ended) this.#silent = 0;
  }
}
