import {
  type Bindings,
  compileAll,
  type DeviceTensor,
  type Engine,
  type Executable,
  type FrozenStates,
  type HostTensor,
  hostTensor,
  type Program,
  type StateSlot,
  zeros,
} from "../tensor/mod.ts";
import { type ArConfig, arShapes } from "../model/mod.ts";
import { type Guidance, guidanceScale, isGuided } from "./guidance.ts";
import {
  counterNoise,
  type Noise,
  type NoiseRequest,
  recordedNoise,
} from "./noise.ts";
import {
  planSampling,
  type SamplingOptions,
  type SamplingPlan,
} from "./plan.ts";
import { type SamplingPrograms, samplingPrograms } from "./programs.ts";

/** A trained AR model: sizes and parameters by the release's names. */
export interface ArModel {
  readonly config: ArConfig;
  readonly weights: FrozenStates;
}

/**
 * Reads the tokens f32 [images, N, d] of a batch that is not finished; those to
 * come are zeros.
 */
export type ReadTokens = () => Promise<HostTensor>;

/** One batch of images to sample. */
export interface SampleRequest extends NoiseRequest {
  /** Class of each image; num_classes means none. */
  readonly classes: Int32Array;
  /** In place of the sampler's: no guidance where that has none. */
  readonly guidance?: Guidance;
  /** Called after each token; the next one waits for what it returns. */
  readonly onToken?: (
    finished: number,
    readTokens: ReadTokens,
  ) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** How a sampler is set up, beside the model. */
export interface SamplerOptions extends SamplingOptions {
  /** Images in a batch. */
  readonly images: number;
  /** Draws to replay, [token, draw, row, d]; from counters where absent. */
  readonly recorded?: HostTensor<"f32">;
}

type ProgramName = keyof SamplingPrograms;
type Executables = Readonly<Partial<Record<ProgramName, Executable>>>;

/** Samples token sequences, a batch at a time; nothing crosses to the host inside one. */
export class Sampler {
  readonly #engine: Engine;
  readonly #plan: SamplingPlan;
  readonly #noise: Noise;
  readonly #executables: Executables;
  readonly #state: Readonly<Record<string, DeviceTensor>>;

  private constructor(parts: {
    engine: Engine;
    plan: SamplingPlan;
    noise: Noise;
    executables: Executables;
    state: Readonly<Record<string, DeviceTensor>>;
  }) {
    this.#engine = parts.engine;
    this.#plan = parts.plan;
    this.#noise = parts.noise;
    this.#executables = parts.executables;
    this.#state = parts.state;
  }

  /** Compiles the programs of a model for one batch size. */
  static async create(
    engine: Engine,
    { config, weights }: ArModel,
    options: SamplerOptions,
  ): Promise<Sampler> {
    const plan = planSampling(config, options.images, options);
    const noise = options.recorded === undefined
      ? counterNoise(plan.rows)
      : recordedNoise(plan.rows, options.recorded);
    const programs = samplingPrograms(plan, noise);
    const state: Record<string, DeviceTensor> = {};
    const named = Object.entries(programs).map(([name, program]) => {
      const frozen = frozenOf(program, config, weights);
      return { name, program, frozen };
    });
    const compiled = await compileAll(engine, named);
    const executables = Object.fromEntries(
      named.map(({ name }, i) => [name, compiled[i]!]),
    ) as Executables;
    for (const { program, frozen } of named) {
      await allocate(engine, program, { frozen, state });
    }
    const parts = { engine, plan, noise, executables, state };
    const sampler = new Sampler(parts);
    await sampler.#run("times", {});
    return sampler;
  }

  /**
   * Samples one batch.
   *
   * @returns tokens f32 [images, N, d], of length sqrt(d) where they are projected
   * @throws {RangeError} when the request has another number of images, or is
   *   guided where the sampler is not, or the other way round
   */
  async sample(request: SampleRequest): Promise<HostTensor> {
    const { images } = this.#plan.rows;
    if (
      request.classes.length !== images || request.indices.length !== images
    ) {
      throw new RangeError(
        `Cannot sample: expected ${images} classes and indices, ` +
          `got ${request.classes.length} and ${request.indices.length}`,
      );
    }
    const { guidance } = this.#plan;
    if (isGuided(request.guidance ?? guidance) !== isGuided(guidance)) {
      throw new RangeError(
        "Cannot sample: expected guidance where the sampler has it alone, " +
          `got a scale of ${request.guidance?.cfg} for ${guidance.cfg}`,
      );
    }
    const tokens = this.#plan.config.grid ** 2;
    for (let k = 0; k < tokens; k++) {
      request.signal?.throwIfAborted();
      await this.#sampleToken(k, request);
      await request.onToken?.(k + 1, () => this.#read(k));
    }
    return await this.#read(tokens - 1);
  }

  /** The tokens up to `last`, f32 [images, N, d]; zeros after them. */
  async #read(last: number): Promise<HostTensor> {
    const outputs = await this.#run("finish", { token: index(last) });
    const all = await this.#engine.download(outputs.tokens!);
    const found = firstRows(all, this.#plan.rows.images);
    // The state still has those of the batch before, which are somebody else's.
    const [images, tokens, d] = found.shape as [number, number, number];
    for (let i = 0; i < images; i++) {
      found.data.fill(0, (i * tokens + last + 1) * d, (i + 1) * tokens * d);
    }
    return found;
  }

  async #sampleToken(k: number, request: SampleRequest): Promise<void> {
    const scale = this.#scale(k, request);
    const noise = this.#noise.bind({ token: k, draw: 0 }, 1, request);
    const first = k === 0
      ? this.#run("start", { ...this.#classes(request), ...noise, ...scale })
      : this.#run("token", { token: index(k), ...noise, ...scale });
    await Promise.all([first, ...this.#solve(k, scale, request)]);
  }

  /** Starts all solver steps of token k. */
  #solve(
    k: number,
    scale: NonNullable<Bindings["inputs"]>,
    request: SampleRequest,
  ): Promise<unknown>[] {
    const { table, tokens, unroll, ahead } = this.#plan;
    const { first, count } = tokens[k]!;
    const stochastic = table.some((step) => step.noise > 0);
    const noiseAt = (step: number) =>
      this.#noise.bind({ token: k, draw: step + 1 }, unroll, request);
    const pending: Promise<unknown>[] = [];
    for (let at = 0; at < count; at += unroll) {
      if (ahead > 0 && at % ahead === 0) {
        pending.push(this.#run("modulate", { first: index(first + at) }));
      }
      pending.push(this.#run("solve", {
        step: index(first + at),
        ...(ahead > 0 && { ahead: index(at % ahead) }),
        ...(stochastic && noiseAt(at)),
        ...scale,
      }));
    }
    return pending;
  }

  #scale(
    k: number,
    { guidance = this.#plan.guidance }: SampleRequest,
  ): NonNullable<Bindings["inputs"]> {
    const { config } = this.#plan;
    if (!isGuided(guidance)) return {};
    const scale = guidanceScale(guidance, k, config.grid ** 2);
    return { scale: hostTensor("f32", [], Float32Array.of(scale)) };
  }

  #classes(request: SampleRequest): NonNullable<Bindings["inputs"]> {
    const { rows: { rows, images }, config } = this.#plan;
    const classes = new Int32Array(rows).fill(config.num_classes);
    classes.set(request.classes.subarray(0, images));
    return {
      classes: hostTensor("i32", [rows], classes),
      position: index(0),
    };
  }

  #run(
    name: ProgramName,
    inputs: NonNullable<Bindings["inputs"]>,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    const executable = this.#executables[name]!;
    const state: Record<string, DeviceTensor> = {};
    for (const key of Object.keys(executable.program.state)) {
      const tensor = this.#state[key];
      if (tensor !== undefined) state[key] = tensor;
    }
    return this.#engine.run(executable, { inputs, state });
  }

  /** Frees programs and state. */
  dispose(): void {
    const resources = [
      ...Object.values(this.#executables),
      ...Object.values(this.#state),
    ];
    for (const resource of resources) this.#engine.dispose(resource);
  }
}

function index(value: number): HostTensor {
  return hostTensor("i32", [], Int32Array.of(value));
}

/** Values of the parameters among a program's states. */
function frozenOf(
  { state }: Program,
  config: ArConfig,
  weights: ArModel["weights"],
): Record<string, FrozenStates[string]> {
  const shapes = arShapes(config);
  const frozen: Record<string, FrozenStates[string]> = {};
  for (const name of Object.keys(state).filter((key) => key in shapes)) {
    const weight = weights[name];
    if (weight === undefined) {
      throw new TypeError(`Cannot sample: the model lacks "${name}"`);
    }
    frozen[name] = weight;
  }
  return frozen;
}

/** Uploads zeros for every state that is neither frozen nor there already. */
async function allocate(
  engine: Engine,
  { state: slots }: Program,
  { frozen, state }: {
    frozen: FrozenStates;
    state: Record<string, DeviceTensor>;
  },
): Promise<void> {
  const entries = Object.entries(slots) as [string, StateSlot][];
  for (const [key, { value }] of entries) {
    if (key in frozen || key in state) continue;
    state[key] = await engine.upload(zeros(value.dtype, value.shape));
  }
}

function firstRows(all: HostTensor, rows: number): HostTensor {
  const shape = [rows, ...all.shape.slice(1)];
  const length = all.data.length / all.shape[0]! * rows;
  return hostTensor(all.dtype, shape, all.data.slice(0, length) as never);
}
