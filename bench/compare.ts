import type { Cost, Engine } from "../lib/tensor/mod.ts";
import type { BenchCase } from "./cases.ts";
import { prepareOurs } from "./ours/mod.ts";
import { type Peer, type PeerPlace, startPeer } from "./peer.ts";
import { restUntilQuiet } from "./quiet.ts";
import { rounded, type Times, timesOf } from "./statistics.ts";
import type { Contestant } from "./work.ts";

/** Against whom, and how long. */
export interface ComparisonOptions {
  readonly rounds: number;
  readonly threads: number;
  /** How long to wait before each turn for other jobs to end. */
  readonly patienceMs: number;
  readonly place?: PeerPlace;
  /** Library that tunes the peer. */
  readonly preload?: string;
}

/** What one case measured. */
export interface Comparison {
  readonly cost: Cost;
  readonly ours: Times;
  readonly peer?: { readonly default: Times; readonly tuned?: Times };
  readonly torch?: string;
  /** Largest share of the processors that other jobs used just before a turn. */
  readonly busy: number;
}

type Side = "ours" | "default" | "tuned";

/** Runs one case: all contestants are set up, then take turns. */
export async function compare(
  engine: Engine,
  { work, iterations }: BenchCase,
  options: ComparisonOptions,
): Promise<Comparison> {
  const contestants = new Map<Side, Contestant>();
  try {
    const ours = await prepareOurs(engine, work);
    contestants.set("ours", ours);
    const peers = await startPeers(work, options, contestants);
    const { seconds, busy } = await takeTurns(contestants, {
      ...options,
      iterations,
    });
    const times = (side: Side) => timesOf(seconds.get(side)!);
    const result = { cost: ours.cost, ours: times("ours"), busy };
    if (peers.default === undefined) return result;
    const { torch } = peers.default;
    const tuned = peers.tuned === undefined ? {} : { tuned: times("tuned") };
    return { ...result, torch, peer: { default: times("default"), ...tuned } };
  } finally {
    for (const contestant of contestants.values()) await contestant.close();
  }
}

async function startPeers(
  work: BenchCase["work"],
  { place, threads, preload }: ComparisonOptions,
  contestants: Map<Side, Contestant>,
): Promise<{ default?: Peer; tuned?: Peer }> {
  if (place === undefined) return {};
  const shipped = await startPeer(place, work, { threads });
  contestants.set("default", shipped);
  if (preload === undefined) return { default: shipped };
  const tuned = await startPeer(place, work, { threads, preload });
  contestants.set("tuned", tuned);
  return { default: shipped, tuned };
}

interface Turns {
  readonly seconds: ReadonlyMap<Side, readonly number[]>;
  readonly busy: number;
}

/** Each turn begins with one iteration that does not count: caches are cold. */
async function takeTurns(
  contestants: ReadonlyMap<Side, Contestant>,
  { iterations, rounds, patienceMs }: ComparisonOptions & {
    readonly iterations: number;
  },
): Promise<Turns> {
  const seconds = new Map<Side, number[]>();
  for (const side of contestants.keys()) seconds.set(side, []);
  let busy = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [side, contestant] of contestants) {
      busy = Math.max(busy, await restUntilQuiet(patienceMs));
      const measured = await contestant.measure(iterations + 1);
      seconds.get(side)!.push(...measured.slice(1));
    }
  }
  return { seconds, busy: rounded(busy) };
}
