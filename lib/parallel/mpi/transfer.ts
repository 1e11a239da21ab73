import type { MpiLibrary, Slot } from "./library.ts";
import type { Memory } from "./memory.ts";
import type { Request } from "./messages.ts";

/** Counts are C's `int`: longer messages are cut. */
const MESSAGE_BYTES = 2 ** 30;

/** Tags of transfers, below what every library allows (`MPI_TAG_UB`). */
const FIRST_TAG = 16;
const TAGS = 32_000;

/** Starts one request in its place. */
type Start = (slot: Slot) => void;

/** What a request asks to be moved. */
export type Movement = Extract<
  Request,
  { kind: "exchange" | "broadcast" | "barrier" }
>;

/** Messages that were started together and end together. */
export class Transfer {
  readonly #library: MpiLibrary;
  readonly #requests: Uint8Array<ArrayBuffer>;

  /** @param count how many came before; the same on all ranks */
  constructor(
    library: MpiLibrary,
    movement: Movement,
    { rank, count }: { rank: number; count: number },
  ) {
    this.#library = library;
    const tag = FIRST_TAG + count % TAGS;
    const starts = startsOf(library, movement, { rank, tag });
    this.#requests = library.requests(starts.length);
    for (const [index, start] of starts.entries()) {
      start({ requests: this.#requests, index });
    }
  }

  /** Lets messages move; true once all have. */
  isDone(): boolean {
    return this.#library.areDone(this.#requests);
  }
}

function startsOf(
  library: MpiLibrary,
  movement: Movement,
  { rank, tag }: { rank: number; tag: number },
): readonly Start[] {
  switch (movement.kind) {
    case "barrier":
      return [(slot) => library.barrier(slot)];
    case "broadcast":
      return cut(movement.data).map((memory) => (slot) =>
        library.broadcast(memory, movement.root, slot)
      );
    case "exchange": {
      const { sends, receives } = movement;
      // Each begins with its neighbour, so that not all send to one.
      const peers = sends.map((_, q) => (rank + 1 + q) % sends.length);
      return [
        ...peers.flatMap((peer) =>
          receives[peer]!.flatMap(cut).map((memory): Start => (slot) =>
            library.receive(memory, { rank: peer, tag }, slot)
          )
        ),
        ...peers.flatMap((peer) =>
          sends[peer]!.flatMap(cut).map((memory): Start => (slot) =>
            library.send(memory, { rank: peer, tag }, slot)
          )
        ),
      ];
    }
  }
}

function cut({ address, bytes }: Memory): readonly Memory[] {
  const pieces: Memory[] = [];
  for (let from = 0; from < bytes; from += MESSAGE_BYTES) {
    const length = Math.min(MESSAGE_BYTES, bytes - from);
    pieces.push({ address: address + BigInt(from), bytes: length });
  }
  return pieces;
}
