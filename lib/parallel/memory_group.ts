import { AbortError, type Collective, requireParts } from "./collective.ts";
import { copyPieces, type Pieces } from "./pieces.ts";
import { WaitClock } from "./wait_clock.ts";

/** What one rank brings to a meeting. */
interface Arrival {
  readonly parts: readonly Pieces[];
  readonly into: readonly Pieces[];
}

/** The calls of all ranks that belong together. */
interface Meeting {
  /** What the first to arrive has called; all others must call the same. */
  readonly call: string;
  readonly arrivals: Map<number, Arrival>;
  readonly end: PromiseWithResolvers<void>;
}

/**
 * Ranks inside one process, each as asynchronous as if it were a process.
 *
 * Stricter than MPI, which hangs or worse where ranks call different things:
 * here all calls of a meeting are refused.
 */
export function memoryGroup(size: number): readonly Collective[] {
  const group = new Group(size);
  return Array.from({ length: size }, (_, rank) => new Member(rank, group));
}

/** The one process there is: nothing is sent, parts are copied. */
export function singleCollective(): Collective {
  return memoryGroup(1)[0]!;
}

class Group {
  readonly #meetings = new Map<number, Meeting>();
  #aborted?: AbortError;

  constructor(readonly size: number) {}

  /** A rank's call of that number; ends when all ranks have arrived. */
  async meet(
    { rank, count, call }: { rank: number; count: number; call: string },
    arrival: Arrival,
  ): Promise<void> {
    if (this.#aborted) throw this.#aborted;
    const meeting = this.#meetings.get(count) ??
      { call, arrivals: new Map(), end: Promise.withResolvers<void>() };
    this.#meetings.set(count, meeting);
    meeting.arrivals.set(rank, arrival);
    if (meeting.call !== call) {
      meeting.end.reject(
        new TypeError(
          `internal: rank ${rank} calls ${call} where others call ${meeting.call}`,
        ),
      );
    } else if (meeting.arrivals.size === this.size) {
      this.#meetings.delete(count);
      this.#finish(meeting);
    }
    await meeting.end.promise;
  }

  abort(error: AbortError): never {
    this.#aborted ??= error;
    for (const { end } of this.#meetings.values()) end.reject(this.#aborted);
    throw this.#aborted;
  }

  #finish({ arrivals, end }: Meeting): void {
    try {
      for (const [from, { parts }] of arrivals) {
        for (const [to, part] of parts.entries()) {
          copyPieces(part, arrivals.get(to)!.into[from]!, { from, to });
        }
      }
      end.resolve();
    } catch (error) {
      end.reject(error);
    }
  }
}

class Member implements Collective {
  readonly #clock = new WaitClock();
  #calls = 0;

  constructor(readonly rank: number, private readonly group: Group) {}

  get size(): number {
    return this.group.size;
  }

  get waitedMs(): number {
    return this.#clock.totalMs;
  }

  exchange(
    parts: readonly Pieces[],
    into: readonly Pieces[],
  ): Promise<void> {
    return this.#meet("exchange", { parts, into });
  }

  gather(own: Uint8Array, into: readonly Uint8Array[]): Promise<void> {
    return this.#meet("gather", {
      parts: this.#forAll([own]),
      into: into.map((piece) => [piece]),
    });
  }

  broadcast(data: Uint8Array, root: number): Promise<void> {
    return this.#meet(`broadcast of rank ${root}`, {
      // The root has what it sends.
      parts: this.#forAll([]).map((nothing, rank) =>
        this.rank === root && rank !== root ? [data] : nothing
      ),
      into: this.#forAll([]).map((nothing, rank) =>
        this.rank !== root && rank === root ? [data] : nothing
      ),
    });
  }

  barrier(): Promise<void> {
    return this.#meet("barrier", this.#empty());
  }

  // deno-lint-ignore require-await
  async abort(reason: string): Promise<never> {
    return this.group.abort(new AbortError(`Rank ${this.rank}: ${reason}`));
  }

  close(): Promise<void> {
    return this.#meet("close", this.#empty());
  }

  #forAll(part: Pieces): Pieces[] {
    return new Array<Pieces>(this.size).fill(part);
  }

  #empty(): Arrival {
    const parts = this.#forAll([]);
    return { parts, into: parts };
  }

  async #meet(call: string, { parts, into }: Arrival): Promise<void> {
    requireParts(parts, this);
    requireParts(into, this);
    const count = this.#calls++;
    await this.#clock.during(
      this.group.meet({ rank: this.rank, count, call }, { parts, into }),
    );
  }
}
