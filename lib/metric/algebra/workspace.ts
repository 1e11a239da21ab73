import { Board } from "./board.ts";
import { FLOAT_BYTES } from "./kernels.ts";
import { type Bench, benchOver } from "./task.ts";
import type { TaskName, TaskValues } from "./tasks.ts";
import type { Team } from "./team.ts";

const PAGE_BYTES = 65536;

/** Arrays begin at multiples of this, so that pairs are not split. */
const ALIGNMENT = 16;

/** Float64 numbers in a workspace's memory. */
export interface Place {
  /** Their first byte. */
  readonly at: number;
  readonly data: Float64Array;
}

/** Memory of one computation, and the threads that work in it. */
export class Workspace {
  readonly #memory: WebAssembly.Memory;
  readonly #bench: Bench;
  readonly #board: Board;
  #used = 0;

  /** Memory for arrays of so many float64 numbers, all zero. */
  constructor(lengths: readonly number[], team?: Team) {
    const bytes = lengths.reduce((sum, length) => sum + placeBytes(length), 0);
    const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
    this.#memory = new WebAssembly.Memory({
      initial: pages,
      maximum: pages,
      shared: true,
    });
    this.#bench = benchOver(this.#memory);
    this.#board = team?.join(this.#memory) ?? new Board();
  }

  /** The next array of one of the lengths. */
  take(length: number): Place {
    const at = this.#used;
    this.#used += placeBytes(length);
    return { at, data: new Float64Array(this.#memory.buffer, at, length) };
  }

  /** Does all items of a task, with the team. */
  run<Name extends TaskName>(
    name: Name,
    values: TaskValues<Name>,
    { items }: { readonly items: number },
  ): void {
    this.#board.run(this.#bench, { name, values, items });
  }
}

function placeBytes(length: number): number {
  return Math.ceil(length * FLOAT_BYTES / ALIGNMENT) * ALIGNMENT;
}
