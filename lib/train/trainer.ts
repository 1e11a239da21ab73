import { UserError } from "../artifact/mod.ts";
import {
  type DeviceTensor,
  type Engine,
  type HostTensor,
  hostTensor,
} from "../tensor/mod.ts";
import { stepScalars } from "./adamw.ts";
import {
  loadCheckpoint,
  saveCheckpoint,
  type TrainingLog,
} from "./checkpoint.ts";
import {
  type Batch,
  type CompiledStep,
  compileStep,
  type StepOptions,
} from "./compiled_step.ts";
import { emaDecay, learningRate, type Schedule } from "./schedule.ts";
import { STATE_GROUPS, StateLayout, stateName } from "./state_layout.ts";
import type { TrainingStep } from "./step.ts";
import { bindScalars } from "./update.ts";

/** Wall time between checkpoints: what a kill can cost. */
const CHECKPOINT_MS = 30_000;

/** A training run. */
export interface Training extends StepOptions {
  readonly engine: Engine;
  /** Starting values of the parameters. */
  readonly initial: Readonly<Record<string, HostTensor>>;
  readonly schedule: Schedule;
  readonly ema: { readonly decay: number; readonly ramp: boolean };
  /** The whole batch of a step; depends on the step alone, so that a cut run repeats it. */
  batch(step: number): Batch | Promise<Batch>;
  /** Where state for resuming is kept. */
  readonly checkpoint: string;
  readonly signal: AbortSignal;
  /** Called when a run starts or resumes at a step. */
  onStart?(step: number): void;
  /** Called after each step with its loss. */
  onStep?(step: number, loss: number): void;
}

/** What a training leaves. */
export interface Trained {
  /** Moving averages of the parameters, by the parameters' names. */
  readonly ema: Readonly<Record<string, HostTensor>>;
  readonly log: TrainingLog;
}

/**
 * Trains, or goes on from a checkpoint, to the schedule's last step.
 *
 * When the signal is set, the running step is finished and saved first.
 *
 * @throws {UserError} when the loss or its gradient is not finite; the last good
 *   checkpoint stays
 */
export async function train(training: Training): Promise<Trained> {
  const { engine, schedule, signal } = training;
  const run = await Run.start(training, await compileStep(engine, training));
  training.onStart?.(run.step);
  try {
    let saved = performance.now();
    let next = Promise.resolve(training.batch(run.step));
    while (run.step < schedule.total) {
      const batch = await next;
      const running = run.advance(batch);
      // The next batch is made while the engine works.
      if (run.step + 1 < schedule.total) {
        next = Promise.resolve(training.batch(run.step + 1));
      }
      await running;
      const due = performance.now() - saved > CHECKPOINT_MS;
      if (due || signal.aborted) {
        await run.save();
        saved = performance.now();
      }
      signal.throwIfAborted();
    }
    await run.readLog();
    return await run.result();
  } finally {
    run.dispose();
  }
}

/** The state of a training between steps. */
class Run {
  /** Steps done. */
  step: number;
  /** Steps whose scalars are known. */
  #read: number;
  readonly #training: Training;
  readonly #compiled: CompiledStep;
  readonly #state: Readonly<Record<string, DeviceTensor>>;
  readonly #log: TrainingLog;

  private constructor(
    training: Training,
    compiled: CompiledStep,
    { step, state, log }: {
      step: number;
      state: Readonly<Record<string, DeviceTensor>>;
      log: TrainingLog;
    },
  ) {
    this.#training = training;
    this.#compiled = compiled;
    this.step = step;
    this.#read = step;
    this.#state = state;
    this.#log = log;
  }

  static async start(
    training: Training,
    compiled: CompiledStep,
  ): Promise<Run> {
    const { engine, checkpoint, schedule } = training;
    const names = stateNames(compiled.step);
    const found = await loadCheckpoint(checkpoint, names);
    const host = found?.state ??
      new StateLayout(compiled.step.shapes).start(training.initial);
    const state: Record<string, DeviceTensor> = {};
    for (const name of names) state[name] = await engine.upload(host[name]!);
    const log: TrainingLog = {};
    for (const name of compiled.log.names) {
      log[name] = new Float32Array(schedule.total);
      log[name].set(found?.log[name] ?? []);
    }
    const step = found?.step ?? 0;
    return new Run(training, compiled, { step, state, log });
  }

  /** Does one step, and reads the scalars of the last ones when it is time. */
  async advance(batch: Batch): Promise<void> {
    const values = { ...batch, ...this.#scalars() };
    await this.#compiled.advance(values, this.#state);
    this.step++;
    if (this.#compiled.log.isDue) await this.readLog();
  }

  /**
   * Reads the scalars of all steps so far.
   *
   * @throws {UserError} naming the first step whose loss or gradient is not finite
   */
  async readLog(): Promise<void> {
    for (const record of await this.#compiled.log.read()) {
      for (const [name, value] of Object.entries(record)) {
        this.#log[name]![this.#read] = value;
      }
      // A gradient that is not finite has spoilt the state, whatever the loss is.
      this.#requireFinite("loss", record.loss!);
      this.#requireFinite("gradient norm", record.gradientNorm!);
      this.#read++;
      this.#training.onStep?.(this.#read, record.loss!);
    }
  }

  #requireFinite(what: string, value: number): void {
    if (Number.isFinite(value)) return;
    throw new UserError(
      `Cannot go on training "${this.#compiled.step.name}": the ${what} is ` +
        `${value} at step ${this.#read}; the last good checkpoint is kept`,
    );
  }

  #scalars(): Batch {
    const { schedule, ema } = this.#training;
    const { options } = this.#compiled.step;
    return bindScalars(stepScalars(this.step, {
      beta1: options.beta1,
      beta2: options.beta2,
      rate: learningRate(this.step, schedule),
      ema: emaDecay(this.step, ema),
    }));
  }

  /** Saves the state, once it is known to be good. */
  async save(): Promise<void> {
    await this.readLog();
    const state: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(this.#state)) {
      // In the engine's precision: a resumed run must repeat the bytes.
      state[name] = await this.#training.engine.download(tensor);
    }
    const log: TrainingLog = {};
    for (const [name, values] of Object.entries(this.#log)) {
      log[name] = values.slice(0, this.step);
    }
    await saveCheckpoint(this.#training.checkpoint, {
      step: this.step,
      state,
      log,
    });
  }

  async result(): Promise<Trained> {
    const { engine } = this.#training;
    const layout = new StateLayout(this.#compiled.step.shapes);
    const packed: Record<string, HostTensor> = {};
    for (const name of Object.keys(layout.shapes)) {
      const tensor = this.#state[stateName("ema", name)]!;
      packed[name] = toFloat32(await engine.download(tensor));
    }
    return { ema: layout.unpack(packed), log: this.#log };
  }

  dispose(): void {
    const { engine } = this.#training;
    this.#compiled.dispose();
    for (const tensor of Object.values(this.#state)) engine.dispose(tensor);
  }
}

/** Names of everything that a training keeps from step to step. */
function stateNames({ shapes }: TrainingStep): string[] {
  return Object.keys(new StateLayout(shapes).shapes)
    .flatMap((name) => STATE_GROUPS.map((group) => stateName(group, name)));
}

/** Artifacts hold f32; the reference engine downloads f64. */
function toFloat32(tensor: HostTensor): HostTensor {
  return tensor.dtype === "f64"
    ? hostTensor("f32", tensor.shape, Float32Array.from(tensor.data))
    : tensor;
}
