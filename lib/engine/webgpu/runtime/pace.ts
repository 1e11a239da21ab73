/** Time that one submission should take: a frame waits no longer. */
const SUBMISSION_MS = 40;

/** How far the device may be behind, and to where it must catch up then: waking up takes some ten milliseconds. */
const MOST_BEHIND_MS = 100;
const LEAST_BEHIND_MS = 50;

/** The same in submissions, each of which a driver keeps track of. */
const MOST_SUBMISSIONS = 32;
const LEAST_SUBMISSIONS = 16;

/** Busy time that an estimate is made of: the host is told of an end up to eleven milliseconds late. */
const MEASURED_MS = 60;

/** A device is taken for so many times faster at once at most. */
const LARGEST_STEP = 4;

/** First guess of the time of a unit of work: of a small GPU, and of software. */
const UNIT_MS = 0.01;
const SOFTWARE_UNIT_MS = 0.5;

interface Submission {
  readonly work: number;
}

/**
 * How much work goes into a submission and how far the host may be ahead, by the
 * time that submissions took: other users of the device get their turn, drivers
 * do not take it for hung, and progress that is told was made.
 */
export class Pace {
  readonly #now: () => number;
  readonly #submissions: Submission[] = [];
  #unitMs: number;
  /** Work that is submitted and not done. */
  #behind = 0;
  /** When the device was last seen to begin or end something. */
  #seen = 0;
  #busyMs = 0;
  #done = 0;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** @param options.now milliseconds */
  constructor(
    { isSoftware = false, now = () => performance.now() }: {
      isSoftware?: boolean;
      now?: () => number;
    } = {},
  ) {
    this.#now = now;
    this.#unitMs = isSoftware ? SOFTWARE_UNIT_MS : UNIT_MS;
  }

  /** Work of one submission at most, if that is more than one kernel. */
  get most(): number {
    return SUBMISSION_MS / this.#unitMs;
  }

  /** Whether the host should wait before it submits more than `work`. */
  isFull(work = 0): boolean {
    return this.#isPast(MOST_BEHIND_MS, MOST_SUBMISSIONS, work);
  }

  /** Waits until the device has caught up, if it was too far behind. */
  async catchUp(): Promise<void> {
    if (!this.isFull()) return;
    this.#waiting ??= Promise.withResolvers();
    await this.#waiting.promise;
  }

  /**
   * Notes a submission.
   *
   * @param ended settles when the device has done it, and everything before
   */
  submitted(work: number, ended: Promise<unknown>): void {
    if (this.#submissions.length === 0) this.#seen = this.#now();
    const submission = { work };
    this.#submissions.push(submission);
    this.#behind += work;
    const end = () => this.#end(submission);
    // A device that is lost does nothing more: nobody shall wait for it.
    ended.then(end, end);
  }

  #end(submission: Submission): void {
    const count = this.#submissions.indexOf(submission) + 1;
    for (const { work } of this.#submissions.splice(0, count)) {
      this.#behind -= work;
      this.#done += work;
    }
    if (this.#submissions.length === 0) this.#behind = 0;
    this.#measure();
    const isBehind = this.#isPast(LEAST_BEHIND_MS, LEAST_SUBMISSIONS);
    if (isBehind) return;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /**
   * Takes the time of a unit anew from enough time that the device was busy, or
   * from enough work that was done in much less than it should have taken.
   */
  #measure(): void {
    const now = this.#now();
    this.#busyMs += now - this.#seen;
    this.#seen = now;
    if (this.#done === 0) return;
    const unitMs = this.#busyMs / this.#done;
    const isFaster = this.#done >= this.most / 2 && unitMs < this.#unitMs / 2;
    if (this.#busyMs < MEASURED_MS && !isFaster) return;
    this.#unitMs = Math.max(unitMs, this.#unitMs / LARGEST_STEP);
    this.#busyMs = 0;
    this.#done = 0;
  }

  #isPast(milliseconds: number, submissions: number, work = 0): boolean {
    return this.#submissions.length > 0 &&
      ((this.#behind + work) * this.#unitMs > milliseconds ||
        this.#submissions.length >= submissions);
  }
}
