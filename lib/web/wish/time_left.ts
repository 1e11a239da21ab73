/** Share of the work that must be done before the rest is told. */
const TELLING_SHARE = 0.04;

/** Says how long some work will still take, by what it took so far. */
export class TimeLeft {
  readonly #now: () => number;
  readonly #start: number;

  /** @param now milliseconds of a steady clock */
  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  /** Seconds, or undefined while it is too early to say. */
  seconds(done: number, of: number): number | undefined {
    if (done < TELLING_SHARE * of || done <= 0) return undefined;
    return (this.#now() - this.#start) / 1000 * (of - done) / done;
  }
}

/** Seconds as people say them. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return "a moment";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
