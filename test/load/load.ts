import { RandomStream } from "../../lib/random/mod.ts";
import { type ClientContext, DEEDS, type Outcome } from "./clients.ts";
import { type Expected, expectedImages, settingOf } from "./expected.ts";
import { type Ended, startServed } from "./served_process.ts";

/** How much is asked of a server. */
export interface LoadOptions {
  /** Options of `serve` and `sample` that name the model and the device. */
  readonly model: readonly string[];
  readonly classes: number;
  readonly clients: number;
  /** How long they ask before anything is measured. */
  readonly warmUpSeconds: number;
  /** And how long from then on. */
  readonly seconds: number;
  readonly seed: number;
  /** How images are sampled, as requests say it. */
  readonly settings: readonly Readonly<Record<string, string | number>>[];
  /** Images of each setting. */
  readonly images: number;
  /** For files. */
  readonly folder: string;
}

/** What came of it. */
export interface LoadReport {
  /** How often each thing was done. */
  readonly deeds: Readonly<Record<string, number>>;
  /** Times that the server was busy. */
  readonly busy: number;
  /** Images that were compared with those of the command line. */
  readonly images: number;
  /** What was wrong, each once, and how often. */
  readonly faults: ReadonlyMap<string, number>;
  /** Bytes of memory of the server, since it is warm, at equal distances. */
  readonly memory: readonly number[];
  /** How it ended at ^C, with clients at work. */
  readonly ended: Ended;
}

/** How often memory is looked at. */
const LOOK_MS = 500;

/** Asks everything at once of a server, then ends it. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { model, classes, clients, seed, folder, images } = options;
  const batch = ["--batch", "4"];
  const expected: Expected[] = [];
  for (const body of options.settings) {
    const given = { model: [...model, ...batch], images, folder };
    expected.push(await expectedImages(settingOf(body), given));
  }
  const served = await startServed([...model, ...batch], { cwd: folder });
  const tally = new Tally();
  const warmMs = performance.now() + 1000 * options.warmUpSeconds;
  const endMs = warmMs + 1000 * options.seconds;
  const { url, port } = served;
  const working = Array.from({ length: clients }, (_, row) => {
    const draws = new RandomStream({ seed, stream: "load", row });
    const client = { url, port, expected, classes, draws };
    return work(client, { endMs, tally });
  });
  await wait(warmMs - performance.now());
  const memory = await watchMemory(() => served.residentBytes(), endMs);
  // Clients that still wait are told of the end.
  const ended = await served.interrupt();
  await Promise.all(working);
  return { ...tally, memory, ended };
}

/** Counts what clients do. */
class Tally {
  readonly deeds: Record<string, number> = {};
  readonly faults = new Map<string, number>();
  busy = 0;
  images = 0;

  add(name: string, { images, faults, isBusy }: Outcome): void {
    this.deeds[name] = (this.deeds[name] ?? 0) + 1;
    this.images += images;
    if (isBusy) this.busy++;
    for (const fault of faults) {
      const text = `${name}: ${fault}`;
      this.faults.set(text, (this.faults.get(text) ?? 0) + 1);
    }
  }
}

/** One client, until the time is over. */
async function work(
  client: ClientContext,
  { endMs, tally }: { readonly endMs: number; readonly tally: Tally },
): Promise<void> {
  const names = Object.keys(DEEDS);
  while (performance.now() < endMs) {
    const name = names[client.draws.integer(names.length)]!;
    try {
      const outcome = await DEEDS[name]!(client);
      // What was under way at the end may be refused.
      if (performance.now() < endMs) tally.add(name, outcome);
      if (outcome.isBusy) await wait(client.draws.integer(1000));
    } catch (error) {
      if (performance.now() >= endMs) return;
      tally.add(name, { images: 0, faults: [String(error)] });
    }
  }
}

async function watchMemory(
  residentBytes: () => Promise<number>,
  endMs: number,
): Promise<readonly number[]> {
  const sizes: number[] = [];
  while (performance.now() < endMs) {
    await wait(Math.min(LOOK_MS, Math.max(0, endMs - performance.now())));
    sizes.push(await residentBytes());
  }
  return sizes;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
