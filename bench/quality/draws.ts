import { RandomStream } from "../../lib/random/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";

/** Sizes of the draws of a batch. */
export interface DrawSizes {
  readonly tokens: number;
  readonly rows: number;
  readonly d: number;
  readonly seed: number;
}

/**
 * Draws of several runs from one Brownian motion a token and row, so that runs
 * of other step counts differ by their steps alone.
 *
 * @param runs steps with noise of each token, for each run; zeros where none have
 * @returns [token, 1 + steps, row, d] for each run, as a recorded run has them
 */
export function coupledDraws(
  runs: readonly (readonly number[])[],
  { tokens, rows, d, seed }: DrawSizes,
): HostTensor<"f32">[] {
  const made = runs.map((counts) => {
    const draws = 1 + Math.max(...counts);
    const data = new Float32Array(tokens * draws * rows * d);
    return { counts, draws, data };
  });
  for (let token = 0; token < tokens; token++) {
    const times = timesOf(runs.map((counts) => counts[token]!));
    for (let row = 0; row < rows; row++) {
      const key = { seed, stream: "quality", step: token, row };
      const path = pathOf(new RandomStream(key), { times, d });
      for (const { counts, draws, data } of made) {
        const place = (draw: number) =>
          ((token * draws + draw) * rows + row) * d;
        data.set(path.start, place(0));
        incrementsOf(path.motion, counts[token]!)
          .forEach((draw, i) => data.set(draw, place(i + 1)));
      }
    }
  }
  return made.map(({ draws, data }) =>
    hostTensor("f32", [tokens, draws, rows, d], data)
  );
}

/** All times at which some run's step ends, as shares of the whole time. */
function timesOf(counts: readonly number[]): number[] {
  const times = new Set<number>();
  for (const count of counts) {
    for (let i = 1; i <= count; i++) times.add(i / count);
  }
  return [...times].sort((a, b) => a - b);
}

interface Path {
  readonly start: Float64Array;
  /** The motion at each time, from 0 on. */
  readonly motion: ReadonlyMap<number, Float64Array>;
}

function pathOf(
  stream: RandomStream,
  { times, d }: { readonly times: readonly number[]; readonly d: number },
): Path {
  const start = Float64Array.from({ length: d }, () => stream.normal());
  let [last, value] = [0, new Float64Array(d)];
  const motion = new Map([[last, value]]);
  for (const time of times) {
    const deviation = Math.sqrt(time - last);
    value = value.map((x) => x + deviation * stream.normal());
    motion.set(time, value);
    last = time;
  }
  return { start, motion };
}

/** Standard normal draws of `count` equal steps along a motion. */
function incrementsOf(motion: Path["motion"], count: number): Float64Array[] {
  return Array.from({ length: count }, (_, i) => {
    const before = motion.get(i / count)!;
    const after = motion.get((i + 1) / count)!;
    return after.map((x, j) => (x - before[j]!) * Math.sqrt(count));
  });
}
