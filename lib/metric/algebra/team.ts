import { Board } from "./board.ts";

/** Threads of a team at most. */
const MOST_THREADS = 8;

/** Multiplications below which a helper would come too late. */
const WORTH_HELP = 2 ** 29;

/** What a helper is given: a memory, and where it is told what to do there. */
export interface Joined {
  readonly memory: WebAssembly.Memory;
  readonly board: Int32Array<SharedArrayBuffer>;
}

/**
 * Threads that help with work in one workspace at a time. They start while the
 * first items are done without them.
 */
export class Team implements Disposable {
  readonly #helpers: readonly Worker[];
  #board: Board | undefined;

  constructor(helpers: number) {
    const url = new URL("./worker.ts", import.meta.url);
    this.#helpers = Array.from({ length: helpers }, () => {
      const helper = new Worker(url, { type: "module", name: "algebra" });
      // What a thread does not do that did not start, others do.
      helper.onerror = (event) => event.preventDefault();
      return helper;
    });
  }

  /** A team for so many multiplications: nobody, where they are few. */
  static for(multiplications: number): Team {
    const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
    return new Team(multiplications < WORTH_HELP ? 0 : threads - 1);
  }

  /** Has the team help in a memory, and in no other from then on. */
  join(memory: WebAssembly.Memory): Board {
    this.#board?.end();
    const board = new Board();
    this.#board = board;
    for (const helper of this.#helpers) {
      helper.postMessage({ memory, board: board.shared } satisfies Joined);
    }
    return board;
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    this.#board?.end();
    for (const helper of this.#helpers) helper.terminate();
  }
}
