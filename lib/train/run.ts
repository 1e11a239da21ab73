import {
  type DeviceTensor,
  type HostTensor,
  hostTensor,
  inLane,
  type Shape,
  sizeOf,
} from "../tensor/mod.ts";
import {
  loadCheckpoint,
  saveCheckpoint,
  type SavedState,
  type TrainingLog,
} from "./checkpoint.ts";
import type { Batch, CompiledStep } from "./compiled_step.ts";
import { requireOneStart } from "./decisions.ts";
import type { BorrowedState, HeldState } from "./held_state.ts";
import { bufferName } from "./names.ts";
import { mapValues } from "./records.ts";
import { Probes } from "./probe.ts";
import { resultNames, stateShapes } from "./state.ts";
import { StateLayout } from "./state_layout.ts";
import type { Moment, StateMemory, Trained, Training } from "./training.ts";
import { TrainingRecord } from "./training_record.ts";
import { bindScalars, updateScalars } from "./update.ts";

/** The state of a training between steps. */
export class TrainingRun {
  /** Steps done. */
  step: number;
  readonly #training: Training;
  readonly #compiled: CompiledStep;
  readonly #state: HeldState;
  readonly #probes: Probes;
  readonly #record: TrainingRecord;
  readonly #startedMs = performance.now();

  private constructor(
    training: Training,
    compiled: CompiledStep,
    { state, record }: {
      state: HeldState;
      record: TrainingRecord;
    },
  ) {
    this.#training = training;
    this.#compiled = compiled;
    this.step = record.steps;
    this.#state = state;
    const { engine, parts = 1 } = training;
    // Figures of ranks must not depend on their threads either.
    const probing = parts === 1 ? engine : inLane(engine);
    this.#probes = new Probes(probing, compiled.step);
    this.#record = record;
  }

  static async start(
    training: Training,
    compiled: CompiledStep,
  ): Promise<TrainingRun> {
    const { engine, checkpoint, steps, collective } = training;
    const keeps = (name: string) => compiled.keeps(name);
    const found = await loadCheckpoint(checkpoint, compiled.step, keeps) ??
      await training.start();
    if (collective !== undefined) await requireOneStart(collective, found.step);
    const state: Record<string, DeviceTensor> = {};
    for (const [name, value] of Object.entries(found.state)) {
      if (keeps(name)) state[name] = await engine.upload(value);
    }
    const record = new TrainingRecord(compiled.step, {
      names: compiled.log.names,
      steps,
      done: found.step,
      log: found.log,
    });
    return new TrainingRun(training, compiled, {
      state: compiled.hold(state),
      record,
    });
  }

  /** Scalars of the steps whose scalars are read. */
  get log(): TrainingLog {
    return this.#record.log;
  }

  /** Share of the time since the start that went into telling other ranks. */
  get waitedForRanks(): number | undefined {
    const { waitedMs } = this.#compiled;
    const passedMs = performance.now() - this.#startedMs;
    return waitedMs === undefined ? undefined : waitedMs / passedMs;
  }

  /** Bytes of the state. */
  get memory(): StateMemory {
    const bytesOf = (shapes: Iterable<Shape>) =>
      [...shapes].reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
    const here = Object.values(this.#state.tensors).map(({ shape }) => shape);
    const whole = Object.values(stateShapes(this.#compiled.step));
    return { whole: bytesOf(whole), here: bytesOf(here) };
  }

  /** Does one step, and reads the scalars of the last ones when it is time. */
  async advance(batch: Batch): Promise<void> {
    const values = { ...batch, ...this.#scalars() };
    await this.#compiled.advance(values, this.#state.tensors);
    this.step++;
    if (this.#compiled.log.isDue) await this.readLog();
  }

  /**
   * Reads the scalars of all steps so far.
   *
   * @throws {UserError} naming the first step that must not be gone on from
   */
  async readLog(): Promise<void> {
    for (const record of await this.#compiled.log.read()) {
      const loss = this.#record.take(record);
      const { waitedForRanks } = this;
      this.#training.onStep?.(this.#record.steps, {
        loss,
        scalars: record,
        waitedForRanks,
      });
    }
  }

  #scalars(): Batch {
    const { players, scalars = {} } = this.#compiled.step;
    return bindScalars({
      ...mapValues(scalars, (at) => at(this.step)),
      ...updateScalars(players, this.step),
      ...this.#record.limits(this.step),
    });
  }

  /** Does the work that is due between steps, on a state that is known to be good. */
  async pause(): Promise<void> {
    const due =
      this.#training.pauses?.filter((pause) => pause.due(this.step)) ??
        [];
    if (due.length === 0) return;
    await this.readLog();
    using held = await this.#state.borrow(this.#resultNames());
    if (!this.#state.leads) return;
    const moment: Moment = {
      step: this.step,
      result: () => this.#resultOf(held),
      probe: (parts, inputs) => this.#probes.run(parts, inputs, held),
    };
    for (const pause of due) await pause.run(moment);
  }

  /** Saves the state, once it is known to be good. */
  async save(): Promise<void> {
    await this.readLog();
    await saveCheckpoint(this.#training.checkpoint, this.saved());
  }

  /** The state after the steps so far, whose scalars have been read. */
  saved(): SavedState {
    return {
      step: this.step,
      log: this.log,
      state: this.#state,
      shapes: stateShapes(this.#compiled.step),
    };
  }

  /** What the training leaves, where its state is read as a whole. */
  async result(): Promise<Trained> {
    using held = await this.#state.borrow(this.#resultNames());
    return await this.#resultOf(held);
  }

  /** Names of all states that are of a result. */
  #resultNames(): string[] {
    const { players, buffers = {} } = this.#compiled.step;
    const weights = Object.entries(players)
      .flatMap(([player, rule]) => Object.values(resultNames(player, rule)));
    return [...weights, ...Object.keys(buffers).map(bufferName)];
  }

  /** What the training would leave now. */
  async #resultOf({ tensors }: BorrowedState): Promise<Trained> {
    const { players, buffers = {} } = this.#compiled.step;
    const { log, loss } = this.#record;
    const weights: Record<string, Record<string, HostTensor>> = {};
    if (!this.#state.leads) return { weights, buffers: {}, log, loss };
    for (const [player, rule] of Object.entries(players)) {
      const names = resultNames(player, rule);
      const packed = await this.#download(names, tensors);
      weights[player] = new StateLayout(rule.shapes).unpack(packed);
    }
    return {
      weights,
      buffers: await this.#download(
        mapValues(buffers, (_, name) => bufferName(name)),
        tensors,
      ),
      log,
      loss,
    };
  }

  /** Tensors of the state, as f32. */
  async #download(
    names: Readonly<Record<string, string>>,
    tensors: BorrowedState["tensors"],
  ): Promise<Record<string, HostTensor>> {
    const found: Record<string, HostTensor> = {};
    for (const [name, state] of Object.entries(names)) {
      const tensor = await this.#training.engine.download(tensors[state]!);
      found[name] = toFloat32(tensor);
    }
    return found;
  }

  dispose(): void {
    const { engine } = this.#training;
    this.#compiled.dispose();
    this.#probes.dispose();
    for (const tensor of Object.values(this.#state.tensors)) {
      engine.dispose(tensor);
    }
  }
}

/** Artifacts hold f32; the reference engine downloads f64. */
function toFloat32(tensor: HostTensor): HostTensor {
  return tensor.dtype === "f64"
    ? hostTensor("f32", tensor.shape, Float32Array.from(tensor.data))
    : tensor;
}
