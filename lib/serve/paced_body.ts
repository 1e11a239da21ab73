/** How a body ended. */
export type Ending = "sent" | "left" | "slow" | "failed";

/** Who is told of a body. */
export interface Pace {
  /** Milliseconds in which a client must take what it was sent. */
  readonly idleMs: number;
  /** Called once. */
  onEnd(ending: Ending, error?: unknown): void;
}

/**
 * A body of pieces that are made when the client takes them. One that takes
 * none for long is left.
 */
export function pacedBody(
  pieces: AsyncIterable<Uint8Array>,
  { idleMs, onEnd }: Pace,
): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;
  function end(ending: Ending, error?: unknown): void {
    clearTimeout(timer);
    if (isEnded) return;
    isEnded = true;
    onEnd(ending, error);
    // What still makes a piece was told by onEnd that nobody wants it.
    iterator.return?.().catch(() => {});
  }
  return new ReadableStream({
    async pull(controller) {
      clearTimeout(timer);
      try {
        const { done, value } = await iterator.next();
        if (isEnded) return;
        if (done) {
          controller.close();
          end("sent");
          return;
        }
        controller.enqueue(value);
        timer = setTimeout(() => {
          // Before its length: the server then cuts the connection.
          controller.close();
          end("slow");
        }, idleMs);
      } catch (error) {
        if (!isEnded) controller.close();
        end("failed", error);
      }
    },
    cancel: () => end("left"),
  }, { highWaterMark: 0 });
}

/** Bytes that one piece of an answer has. */
const PIECE_BYTES = 2 ** 16;

/** Bytes in memory as pieces. */
export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield await Promise.resolve(bytes.subarray(at, at + PIECE_BYTES));
  }
}
