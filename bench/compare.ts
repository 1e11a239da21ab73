import type { Cost, Engine } from "../lib/tensor/mod.ts";
import type { BenchCase } from "./cases.ts";
import { prepareOurs } from "./ours/mod.ts";
import { type PeerPlace, type PeerWay, startPeer } from "./peer.ts";
import { restUntilQuiet } from "./quiet.ts";
import { rounded, type Times, timesOf } from "./statistics.ts";
import type { Contestant } from "./work.ts";

/** The authors' code beside ours. */
export interface Peers {
  readonly place: PeerPlace;
  /** As it is shipped, or at least without tuning. */
  readonly default: PeerWay;
  /** With what makes it faster, where that can be had. */
  readonly tuned?: PeerWay;
}

/** Against whom, and how long. */
export interface ComparisonOptions {
  readonly rounds: number;
  /** How long to wait before each turn for other jobs to end. */
  readonly patienceMs: number;
  /** Ours alone where absent. */
  readonly peers?: Peers;
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
  { peers, ...options }: ComparisonOptions,
): Promise<Comparison> {
  const contestants = new Map<Side, Contestant>();
  try {
    const ours = await prepareOurs(engine, work);
    contestants.set("ours", ours);
    const torch = peers && await startPeers(work, peers, contestants);
    const { seconds, busy } = await takeTurns(contestants, {
      ...options,
      iterations,
    });
    const times = (side: Side) => timesOf(seconds.get(side)!);
    const result = { cost: ours.cost, ours: times("ours"), busy };
    if (torch === undefined) return result;
    const tuned = contestants.has("tuned") && { tuned: times("tuned") };
    return { ...result, torch, peer: { default: times("default"), ...tuned } };
  } finally {
    for (const contestant of contestants.values()) await contestant.close();
  }
}

/** Starts the peer in each way, and says which torch it has. */
async function startPeers(
  work: BenchCase["work"],
  { place, ...ways }: Peers,
  contestants: Map<Side, Contestant>,
): Promise<string> {
  const shipped = await startPeer(place, work, ways.default);
  contestants.set("default", shipped);
  if (ways.tuned !== undefined) {
    contestants.set("tuned", await startPeer(place, work, ways.tuned));
  }
  return shipped.torch;
}

interface Turns {
  readonly seconds: ReadonlyMap<Side, readonly number[]>;
  readonly busy: number;
}

/** Each turn begins with one iteration that does not count: caches are cold. */
async function takeTurns(
  contestants: ReadonlyMap<Side, Contestant>,
  { iterations, rounds, patienceMs }: {
    readonly iterations: number;
    readonly rounds: number;
    readonly patienceMs: number;
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
