import {
  concat,
  type DeviceTensor,
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  type Program,
  reshape,
  updateSlice,
  zeros,
} from "../tensor/mod.ts";
import { LAG_STEPS } from "./spikes.ts";

/** Steps whose scalars an engine keeps at most before they are read. */
const ROWS = LAG_STEPS;

/** Share of the time that reading may take. */
const READING_SHARE = 0.05;

/** A read that takes less is done after every step. */
const CHEAP_READ_MS = 2;

/** Name of the state that holds the rows, and of the input that chooses one. */
const LOG = "log";
const ROW = "logRow";

/** Scalars of one step, by name. */
export type StepRecord = Readonly<Record<string, number>>;

/**
 * Keeps the scalars that a program puts out in the engine's memory, a row a
 * step, and reads many at a time: where an engine must be waited for, reading
 * after every step would leave it idle.
 */
export class ScalarLog {
  /** The program with rows of a state in the place of its outputs. */
  readonly program: Program;
  /** Names of the scalars. */
  readonly names: readonly string[];
  readonly #engine: Engine;
  readonly #tensor: DeviceTensor;
  /** Steps that are kept and not read. */
  #kept = 0;
  #interval: number | undefined;
  #started = performance.now();

  private constructor(
    engine: Engine,
    program: Program,
    { names, tensor, everyStep }: {
      names: readonly string[];
      tensor: DeviceTensor;
      everyStep: boolean;
    },
  ) {
    if (everyStep) this.#interval = 1;
    this.#engine = engine;
    this.program = program;
    this.names = names;
    this.#tensor = tensor;
  }

  /**
   * Wraps a program whose outputs are scalars.
   *
   * @param options.everyStep whether they are read after each step, whatever it
   *   costs
   */
  static async create(
    engine: Engine,
    inner: Program,
    { everyStep = false }: { readonly everyStep?: boolean } = {},
  ): Promise<ScalarLog> {
    const names = Object.keys(inner.outputs);
    const shape = [ROWS, names.length];
    const value = input(LOG, shape);
    const row = input(ROW, [], "i32");
    const scalars = Object.values(inner.outputs)
      .map((scalar) => reshape(scalar, [1, 1]));
    const next = updateSlice(value, concat(scalars, 1), {
      start: row,
      axis: 0,
    });
    const program: Program = {
      ...inner,
      inputs: { ...inner.inputs, [ROW]: row },
      state: { ...inner.state, [LOG]: { value, next } },
      outputs: {},
    };
    const tensor = await engine.upload(zeros("f32", shape));
    return new ScalarLog(engine, program, { names, tensor, everyStep });
  }

  /** What a run of the program binds for the log. */
  bindings(): {
    inputs: Readonly<Record<string, HostTensor>>;
    state: Readonly<Record<string, DeviceTensor>>;
  } {
    const row = hostTensor("i32", [], Int32Array.of(this.#kept++));
    return { inputs: { [ROW]: row }, state: { [LOG]: this.#tensor } };
  }

  /** Whether it is time to read. */
  get isDue(): boolean {
    return this.#kept >= (this.#interval ?? 1);
  }

  /** The scalars of all steps since the last read, oldest first. */
  async read(): Promise<StepRecord[]> {
    if (this.#kept === 0) return [];
    const { data } = await this.#engine.download(this.#tensor);
    this.#interval ??= await this.#chooseInterval();
    const width = this.names.length;
    const records = Array.from({ length: this.#kept }, (_, row) => {
      const entries = this.names
        .map((name, i) => [name, Number(data[row * width + i]!)] as const);
      return Object.fromEntries(entries);
    });
    this.#kept = 0;
    return records;
  }

  /** Steps between reads, from the first step's time and that of a read alone. */
  async #chooseInterval(): Promise<number> {
    const afterStep = performance.now();
    await this.#engine.download(this.#tensor);
    const readMs = performance.now() - afterStep;
    const stepMs = Math.max(1, afterStep - this.#started - readMs);
    if (readMs < CHEAP_READ_MS) return 1;
    return Math.min(ROWS, Math.ceil(readMs / (READING_SHARE * stepMs)));
  }

  /** Frees the log's memory. */
  dispose(): void {
    this.#engine.dispose(this.#tensor);
  }
}
