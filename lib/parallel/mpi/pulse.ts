/** How often the main thread says that it turns. */
const BEAT_MS = 1000;

/**
 * A thread that has not turned for so long hangs: compiling a large program
 * may take a minute in which it does not.
 */
const STUCK_MS = 5 * 60_000;

/** A number in memory that threads share; whoever beats it turns. */
export function startPulse(): Int32Array<SharedArrayBuffer> {
  const pulse = new Int32Array(new SharedArrayBuffer(4));
  // It keeps no program alive.
  Deno.unrefTimer(setInterval(() => Atomics.add(pulse, 0, 1), BEAT_MS));
  return pulse;
}

/** Another thread's look at it. */
export class PulseWatch {
  readonly #pulse: Int32Array<SharedArrayBuffer>;
  #last = -1;
  #sinceMs = performance.now();

  constructor(pulse: Int32Array<SharedArrayBuffer>) {
    this.#pulse = pulse;
  }

  /** Whether the thread has turned lately. */
  isWell(): boolean {
    const count = Atomics.load(this.#pulse, 0);
    if (count !== this.#last) this.#sinceMs = performance.now();
    this.#last = count;
    return performance.now() - this.#sinceMs < STUCK_MS;
  }
}
