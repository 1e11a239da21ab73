import type {
  MpiLibrary,
  Peer,
  Slot,
} from "../../../../lib/parallel/mpi/library.ts";
import type { Memory } from "../../../../lib/parallel/mpi/memory.ts";

/** One end of a message that waits for the other. */
interface Post extends Memory {
  readonly from: number;
  readonly to: number;
  readonly tag: number;
  readonly request: number;
}

/**
 * MPI inside of this process: a message has arrived once it was both sent and
 * waited for. Memory is read and written by address, as a library does.
 */
export class TestNetwork {
  /** How many messages were sent. */
  sends = 0;
  /** What was sent and not received, and the other way round. */
  readonly sent: Post[] = [];
  readonly awaited: Post[] = [];
  /** Ranks that have ended all, and with which status. */
  readonly aborts: (readonly [rank: number, status: number])[] = [];
  readonly #done = new Set<number>();
  #requests = 0;

  /** The library as a rank has loaded it, as far as it is asked here. */
  library(rank: number): MpiLibrary {
    const asked: Partial<MpiLibrary> = {
      requests: (count) => new Uint8Array(4 * count),
      send: (what, peer, slot) => {
        this.sends++;
        this.#post("sent", { ...what, ...this.#ends(rank, peer) }, slot);
      },
      receive: (what, peer, slot) => {
        const { from: to, to: from, ...rest } = this.#ends(rank, peer);
        this.#post("awaited", { ...what, ...rest, from, to }, slot);
      },
      areDone: ({ buffer }) =>
        new Uint32Array(buffer).every((request) => this.#done.has(request)),
      abort: (status) => void this.aborts.push([rank, status]),
    };
    return asked as MpiLibrary;
  }

  #ends(from: number, { rank: to, tag }: Peer) {
    return { from, to, tag, request: ++this.#requests };
  }

  #post(kind: "sent" | "awaited", post: Post, { requests, index }: Slot): void {
    new Uint32Array(requests.buffer)[index] = post.request;
    this[kind].push(post);
    const isMet = ({ from, to, tag }: Post) =>
      from === post.from && to === post.to && tag === post.tag;
    const [sent, awaited] = [this.sent, this.awaited]
      .map((posts) => posts.findIndex(isMet));
    if (sent! < 0 || awaited! < 0) return;
    const [message] = this.sent.splice(sent!, 1);
    const [room] = this.awaited.splice(awaited!, 1);
    bytesAt(room!).set(bytesAt(message!));
    this.#done.add(message!.request).add(room!.request);
  }
}

function bytesAt({ address, bytes }: Memory): Uint8Array {
  const pointer = Deno.UnsafePointer.create(address)!;
  return new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(pointer, bytes),
  );
}
