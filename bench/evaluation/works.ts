import process from "node:process";
import {
  featureMoments,
  frechetDistanceOfMoments,
  precisionRecall,
} from "../../lib/metric/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
} from "../../lib/tensor/mod.ts";

/** What one run took. */
export interface Run {
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
}

/** A piece of work, and its multiplications and additions. */
export interface Measured {
  readonly flops: number;
  readonly runs: readonly Run[];
}

/**
 * Fréchet distances of two sets whose moments are known. With n features, of
 * multiplications there are n³/6 in the factor, 2n³/3 in the two products with
 * a triangle and 2n³/3 in the tridiagonal form.
 */
export async function frechetRuns(
  { width, rounds, rest }: {
    readonly width: number;
    readonly rounds: number;
    /** Waits for quiet. */
    readonly rest: () => Promise<unknown>;
  },
): Promise<Measured> {
  const [a, b] = [1, 2].map((seed) =>
    featureMoments(someFeatures({ rows: 2 * width, width, seed }))
  );
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    await rest();
    runs.push(await timed(() => frechetDistanceOfMoments(a!, b!)));
  }
  return { flops: 2 * 1.5 * width ** 3, runs };
}

/** Sizes of two sets of features. */
export interface SetSizes {
  readonly width: number;
  readonly references: number;
  readonly samples: number;
}

/** Precision and recall, once: all products that are needed, twice their terms. */
export async function manifoldRun(
  engine: Engine,
  { width, references, samples }: SetSizes,
): Promise<Measured> {
  const sets = {
    reference: someFeatures({ rows: references, width, seed: 1 }),
    samples: someFeatures({ rows: samples, width, seed: 2 }),
  };
  const run = await timed(() => precisionRecall(engine, sets));
  const pairs = (references ** 2 + samples ** 2) / 2 + references * samples;
  return { flops: 2 * width * pairs, runs: [run] };
}

/** Numbers like those of a rectified layer: 0 and more, most of them small. */
function someFeatures(
  { rows, width, seed }: {
    readonly rows: number;
    readonly width: number;
    readonly seed: number;
  },
): HostTensor {
  const draws = new RandomStream({ seed, stream: "features" });
  const data = Float32Array.from(
    { length: rows * width },
    () => Math.max(0, draws.uniform() - 0.2 * seed),
  );
  return hostTensor("f32", [rows, width], data);
}

async function timed(work: () => unknown): Promise<Run> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return {
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
  };
}
