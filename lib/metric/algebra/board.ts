import type { Bench, Task } from "./task.ts";
import { type TaskName, TASKS, type TaskValues } from "./tasks.ts";

/** Places of a board: items that nobody has taken, and that are not done. */
const OPEN = 0, UNDONE = 1;
/** How often helpers were called, whether they may go, whether an item failed. */
const CALLS = 2, ENDED = 3, FAILED = 4;
/** The task, and the numbers that it is told. */
const TASK = 5, VALUES = 6;

const LENGTH = VALUES +
  Math.max(...Object.values(TASKS).map(({ keys }) => keys.length));

const NAMES = Object.keys(TASKS) as TaskName[];

/** Looks at a number that will soon change, before a thread goes to sleep. */
const LOOKS = 10_000;

/**
 * Where one thread says what there is to do and others help: numbers that all
 * see. Whoever has time takes the next item, so that nobody waits for a thread
 * that has not started, or that the system does not let run.
 */
export class Board {
  /** What another thread makes its board of. */
  readonly shared: Int32Array<SharedArrayBuffer>;
  /** Why an item failed, where that was in this thread. */
  #cause: unknown;

  constructor(
    shared = new Int32Array(new SharedArrayBuffer(4 * LENGTH)),
  ) {
    this.shared = shared;
  }

  /**
   * Has all items of a task done; returns when they are.
   *
   * @throws {Error} when an item failed
   */
  run<Name extends TaskName>(
    bench: Bench,
    { name, values, items }: {
      readonly name: Name;
      readonly values: TaskValues<Name>;
      readonly items: number;
    },
  ): void {
    const { shared } = this;
    shared[TASK] = NAMES.indexOf(name);
    TASKS[name].keys.forEach((key, i) =>
      shared[VALUES + i] = values[key as keyof typeof values]
    );
    Atomics.store(shared, UNDONE, items);
    // From here on what is above is read.
    Atomics.store(shared, OPEN, items);
    Atomics.add(shared, CALLS, 1);
    Atomics.notify(shared, CALLS);
    this.#takeAll(bench);
    for (let left; (left = Atomics.load(shared, UNDONE)) > 0;) {
      if (this.#changes(UNDONE, left)) continue;
      Atomics.wait(shared, UNDONE, left);
    }
    if (shared[FAILED]) {
      throw new Error(`internal: "${name}" failed`, { cause: this.#cause });
    }
  }

  /** Takes items until the board is ended. */
  help(bench: Bench): void {
    const { shared } = this;
    while (!Atomics.load(shared, ENDED)) {
      const calls = Atomics.load(shared, CALLS);
      this.#takeAll(bench);
      if (this.#changes(CALLS, calls)) continue;
      Atomics.wait(shared, CALLS, calls);
    }
  }

  /** Lets helpers go. */
  end(): void {
    Atomics.store(this.shared, ENDED, 1);
    Atomics.add(this.shared, CALLS, 1);
    Atomics.notify(this.shared, CALLS);
  }

  #takeAll(bench: Bench): void {
    const { shared } = this;
    while (Atomics.load(shared, OPEN) > 0) {
      const item = Atomics.sub(shared, OPEN, 1) - 1;
      // Others were faster.
      if (item < 0) return;
      try {
        this.#do(bench, item);
      } catch (error) {
        this.#cause = error;
        Atomics.store(shared, FAILED, 1);
      } finally {
        Atomics.sub(shared, UNDONE, 1);
        Atomics.notify(shared, UNDONE);
      }
    }
  }

  #do(bench: Bench, item: number): void {
    const task: Task<string> = TASKS[NAMES[this.shared[TASK]!]!];
    const values = Object.fromEntries(
      task.keys.map((key, i) => [key, this.shared[VALUES + i]!]),
    );
    task.run(bench, values, item);
  }

  /** Whether a number changes soon. */
  #changes(place: number, from: number): boolean {
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(this.shared, place) !== from) return true;
    }
    return false;
  }
}
