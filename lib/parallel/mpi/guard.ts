import { type Ancestor, isAlive, launcherProcess } from "../processes.ts";
import { endAfter } from "./c_library.ts";
import { Heartbeat, TICK_MS } from "./heartbeat.ts";
import { PASS_ON_MS, rankTitle } from "./last_words.ts";
import type { MpiLibrary } from "./library.ts";
import type { Opened, Watching } from "./messages.ts";
import { PulseWatch } from "./pulse.ts";
import type { Witness } from "./witness.ts";

/** A library that cannot end the ranks within this time is not waited for. */
const ABORT_SECONDS = 3;

/** Ends this rank, and all others, where one of them or the launcher is gone. */
export class Guard {
  readonly #library: MpiLibrary;
  readonly #title: string;
  readonly #size: number;
  readonly #heartbeat: Heartbeat;
  readonly #pulse: PulseWatch;
  readonly #witness: Witness | undefined;
  readonly #launcher: Ancestor | undefined = launcherProcess();
  readonly #timer: ReturnType<typeof setInterval>;
  #isEnding = false;

  constructor(
    library: MpiLibrary,
    { pulse, silentSeconds, witness, ...place }:
      & Pick<Watching, "pulse" | "silentSeconds">
      & Opened
      & {
        /** Says that this rank is gone, unless it is dismissed. */
        readonly witness: Witness | undefined;
      },
  ) {
    this.#library = library;
    this.#title = rankTitle(place);
    this.#size = place.size;
    this.#heartbeat = new Heartbeat(library, { ...place, silentSeconds });
    this.#pulse = new PulseWatch(pulse);
    this.#witness = witness;
    this.#timer = setInterval(() => this.#look(), TICK_MS);
  }

  /** Stops looking, when all ranks do; one that stands still before is lost. */
  async end(): Promise<void> {
    this.#isEnding = true;
    while (!this.#heartbeat.end()) {
      await new Promise((next) => setTimeout(next, 1));
    }
    clearInterval(this.#timer);
    this.#witness?.dismiss();
  }

  /** Ends all ranks with a status; why has been said. */
  abort(status: number): void {
    clearInterval(this.#timer);
    this.#witness?.dismiss();
    this.#library.abort(status);
  }

  #look(): void {
    // After the farewell no beat may follow.
    const isWell = !this.#isEnding && this.#pulse.isWell();
    const lost = this.#heartbeat.tick(isWell);
    if (lost !== undefined) {
      const title = rankTitle({ ...lost, size: this.#size });
      const seconds = `${lost.seconds} seconds`;
      this.#endAll(`${title}: it has not answered for ${seconds}, all end`);
    } else if (this.#launcher !== undefined && !isAlive(this.#launcher)) {
      const { name } = this.#launcher;
      console.error(`${this.#title}: its launcher (${name}) is gone, it ends`);
      this.#witness?.dismiss();
      // As it would have been: what is written appears whole or not at all.
      Deno.kill(Deno.pid, "SIGKILL");
    }
  }

  #endAll(reason: string): void {
    clearInterval(this.#timer);
    console.error(reason);
    setTimeout(() => {
      // A library that waits for the rank that is lost blocks this thread.
      endAfter(ABORT_SECONDS);
      this.abort(1);
    }, PASS_ON_MS);
  }
}
