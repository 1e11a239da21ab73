import type { Collective } from "./collective.ts";

/** How fast ranks talk. */
export interface Connection {
  /** Time until all know a byte of each, median. */
  readonly latencyMicroseconds: number;
  /** Bytes a second that a rank sends while it receives as many, the best. */
  readonly bytesPerSecond: number;
}

const ROUNDS = 100;
const LARGE_BYTES = 32 * 2 ** 20;
const LARGE_ROUNDS = 5;

/** Measures how fast all ranks talk to all; about a second. */
export async function connectionOf(ranks: Collective): Promise<Connection> {
  const latencies = await timesOf(ranks, { bytes: 1, rounds: ROUNDS });
  const bytes = Math.ceil(LARGE_BYTES / ranks.size);
  const times = await timesOf(ranks, { bytes, rounds: LARGE_ROUNDS });
  return {
    latencyMicroseconds: 1000 * latencies[ROUNDS / 2]!,
    bytesPerSecond: 1000 * bytes * (ranks.size - 1) / times[0]!,
  };
}

/** Times of exchanges in ms, sorted. */
async function timesOf(
  ranks: Collective,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<readonly number[]> {
  const row = () =>
    Array.from({ length: ranks.size }, () => [new Uint8Array(bytes).fill(1)]);
  const [parts, into] = [row(), row()];
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await ranks.barrier();
    const start = performance.now();
    await ranks.exchange(parts, into);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b);
}
