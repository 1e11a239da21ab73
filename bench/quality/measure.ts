import {
  ImageDecoder,
  Sampler,
  type SamplingOptions,
  type SolverName,
  SOLVERS,
  solverSteps,
  type StepSchedule,
  stepsOfTokens,
} from "../../lib/sample/mod.ts";
import type { Engine, HostTensor } from "../../lib/tensor/mod.ts";
import type { Generator } from "../../lib/workflow/sample/mod.ts";
import { restUntilQuiet } from "../quiet.ts";
import { rounded, type Times, timesOf } from "../statistics.ts";
import { coupledDraws } from "./draws.ts";
import { type Distance, distanceOf, type SampleSet } from "./distance.ts";

/** What is compared, and how long. */
export interface QualityOptions {
  readonly guidance: SamplingOptions["guidance"];
  readonly images: number;
  readonly seed: number;
  /** Steps that the others are compared with. */
  readonly reference: StepSchedule;
  readonly schedules: readonly StepSchedule[];
  /** Turns of each schedule beside the reference. */
  readonly rounds: number;
  /** How long to wait before each turn for other jobs to end. */
  readonly patienceMs: number;
  log(line: string): void;
}

/** One schedule beside the reference. */
export interface ScheduleResult extends Distance {
  /** Solver steps of all tokens of an image. */
  readonly steps: number;
  /** Seconds of a batch. */
  readonly times: Times;
  /** Seconds of the reference in the same turns. */
  readonly referenceTimes: Times;
  /** How many times faster than the reference, by medians. */
  readonly faster: number;
}

/** What one solver costs and gains. */
export interface SolverResult {
  readonly referenceSteps: number;
  readonly schedules: Readonly<Record<string, ScheduleResult>>;
  /** The reference's steps with other draws: how far two samples are apart. */
  readonly otherSeed: Distance;
}

/** The JSON document of the command, without what was asked for. */
export interface QualityResult {
  readonly solvers: Readonly<Partial<Record<SolverName, SolverResult>>>;
  /** Largest share of the processors that other jobs used before a turn. */
  readonly busy: number;
}

/** Samples the same images by every solver and schedule. */
export async function measureQuality(
  engine: Engine,
  generator: Generator,
  options: QualityOptions,
): Promise<QualityResult> {
  const bench = await Bench.create(engine, generator, options);
  const solvers: Partial<Record<SolverName, SolverResult>> = {};
  try {
    for (const solver of SOLVERS) solvers[solver] = await bench.compare(solver);
  } finally {
    bench.dispose();
  }
  return { solvers, busy: rounded(bench.busy) };
}

class Bench {
  busy = 0;
  readonly #engine: Engine;
  readonly #generator: Generator;
  readonly #options: QualityOptions;
  readonly #decoder: ImageDecoder;

  private constructor(
    engine: Engine,
    parts: {
      generator: Generator;
      options: QualityOptions;
      decoder: ImageDecoder;
    },
  ) {
    this.#engine = engine;
    this.#generator = parts.generator;
    this.#options = parts.options;
    this.#decoder = parts.decoder;
  }

  static async create(
    engine: Engine,
    generator: Generator,
    options: QualityOptions,
  ): Promise<Bench> {
    const { images } = options;
    const decoder = await ImageDecoder.create(engine, generator.vae, images);
    return new Bench(engine, { generator, options, decoder });
  }

  /** Every schedule of one solver in turns with the reference. */
  async compare(solver: SolverName): Promise<SolverResult> {
    const { reference, schedules, seed } = this.#options;
    const all = [reference, ...schedules];
    const [first, ...draws] = this.#draws(solver, all, seed);
    const sampler = await this.#sampler(solver, reference, first!);
    const expected = await this.#decoded(await this.#sample(sampler));
    const results: Record<string, ScheduleResult> = {};
    for (const [i, steps] of schedules.entries()) {
      this.#options.log(`${solver}, ${steps} steps`);
      const other = await this.#sampler(solver, steps, draws[i]!);
      const found = await this.#decoded(await this.#sample(other));
      const [times, referenceTimes] = await this.#turns([other, sampler]);
      results[steps] = {
        ...distanceOf(found, expected),
        steps: this.#total(solver, steps),
        times,
        referenceTimes,
        faster: rounded(referenceTimes.median / times.median),
      };
      other.dispose();
    }
    sampler.dispose();
    const [others] = this.#draws(solver, [reference], seed + 1);
    const another = await this.#sampler(solver, reference, others!);
    const set = await this.#decoded(await this.#sample(another));
    another.dispose();
    return {
      referenceSteps: this.#total(solver, reference),
      schedules: results,
      otherSeed: distanceOf(set, expected),
    };
  }

  #counts(solver: SolverName, schedule: StepSchedule): readonly number[] {
    return stepsOfTokens(schedule, this.#generator.ar.config.grid ** 2)
      .map((steps) => solverSteps({ solver, steps }).length);
  }

  #total(solver: SolverName, schedule: StepSchedule): number {
    return this.#counts(solver, schedule).reduce((sum, count) => sum + count);
  }

  #draws(
    solver: SolverName,
    schedules: readonly StepSchedule[],
    seed: number,
  ): HostTensor<"f32">[] {
    const { config } = this.#generator.ar;
    const { images, guidance } = this.#options;
    const tokens = config.grid ** 2;
    const runs = schedules.map((schedule) =>
      stepsOfTokens(schedule, tokens).map((steps) =>
        solverSteps({ solver, steps }).filter(({ noise }) => noise > 0).length
      )
    );
    const rows = guidance.cfg > 1 ? 2 * images : images;
    return coupledDraws(runs, { tokens, rows, d: config.latent_dim, seed });
  }

  async #sampler(
    solver: SolverName,
    steps: StepSchedule,
    recorded: HostTensor<"f32">,
  ): Promise<Sampler> {
    const { images, guidance } = this.#options;
    const options = { images, solver, steps, guidance, recorded };
    return await Sampler.create(this.#engine, this.#generator.ar, options);
  }

  async #sample(sampler: Sampler): Promise<HostTensor> {
    const { images } = this.#options;
    const { num_classes } = this.#generator.ar.config;
    const indices = Uint32Array.from({ length: images }, (_, i) => i);
    const classes = Int32Array.from(indices, (i) => i % num_classes);
    return await sampler.sample({ classes, indices, seed: 0n });
  }

  async #decoded(tokens: HostTensor): Promise<SampleSet> {
    const options = { count: this.#options.images, traced: false };
    const { images } = await this.#decoder.decode(tokens, options);
    return { tokens, images };
  }

  /** Times of contestants that were warmed up and take turns. */
  async #turns(
    contestants: readonly [Sampler, Sampler],
  ): Promise<[Times, Times]> {
    const seconds: [number[], number[]] = [[], []];
    const { rounds, patienceMs } = this.#options;
    for (let round = 0; round < rounds; round++) {
      for (const [side, sampler] of contestants.entries()) {
        this.busy = Math.max(this.busy, await restUntilQuiet(patienceMs));
        const start = performance.now();
        await this.#sample(sampler);
        seconds[side]!.push((performance.now() - start) / 1000);
      }
    }
    return [timesOf(seconds[0]), timesOf(seconds[1])];
  }

  dispose(): void {
    this.#decoder.dispose();
  }
}
