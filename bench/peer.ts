import { join } from "node:path";
import { PeerSession } from "./peer_session.ts";
import type { Contestant, Work } from "./work.ts";

/** Where the peer is. */
export interface PeerPlace {
  /** A checkout of the authors' release. */
  readonly release: string;
  /** A Python with torch. */
  readonly python: string;
}

/** How the peer runs. */
export interface PeerWay {
  /** What it is called in results. */
  readonly name: string;
  /** Flags of the peer's script. */
  readonly flags: readonly string[];
  /** A library that is loaded before all others. */
  readonly preload?: string;
}

/** The peer at work, and what it says of itself. */
export interface Peer extends Contestant {
  readonly torch: string;
}

const SCRIPT = join(import.meta.dirname!, "peer", "release_bench.py");

/**
 * Starts the authors' code on a piece of work and warms it.
 *
 * @throws {UserError} when it does not start or fails, with its last line
 */
export async function startPeer(
  { release, python }: PeerPlace,
  work: Work,
  { flags, preload }: PeerWay,
): Promise<Peer> {
  const args = [SCRIPT, "--release", release, "--work", JSON.stringify(work)];
  const session = PeerSession.start(python, {
    args: [...args, ...flags],
    env: preload === undefined ? {} : { LD_PRELOAD: preload },
  });
  async function measure(iterations: number): Promise<readonly number[]> {
    const { seconds } = await session.ask({ iterations }) as {
      seconds: number[];
    };
    return seconds;
  }
  try {
    const { torch } = await session.answer() as { torch: string };
    await measure(1);
    return { torch, measure, close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}
