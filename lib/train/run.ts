import {
  type DeviceTensor,
  type HostTensor,
  hostTensor,
} from "../tensor/mod.ts";
import {
  type Checkpoint,
  loadCheckpoint,
  saveCheckpoint,
  type TrainingLog,
} from "./checkpoint.ts";
import type { Batch, CompiledStep } from "./compiled_step.ts";
import { bufferName } from "./names.ts";
import { mapValues } from "./records.ts";
import { Probes } from "./probe.ts";
import { resultNames } from "./state.ts";
import { StateLayout } from "./state_layout.ts";
import type { Moment, Trained, Training } from "./training.ts";
import { TrainingRecord } from "./training_record.ts";
import { bindScalars, updateScalars } from "./update.ts";

/** The state of a training between steps. */
export class TrainingRun {
  /** Steps done. */
  step: number;
  readonly #training: Training;
  readonly #compiled: CompiledStep;
  readonly #state: Readonly<Record<string, DeviceTensor>>;
  readonly #probes: Probes;
  readonly #record: TrainingRecord;

  private constructor(
    training: Training,
    compiled: CompiledStep,
    { state, record }: {
      state: Readonly<Record<string, DeviceTensor>>;
      record: TrainingRecord;
    },
  ) {
    this.#training = training;
    this.#compiled = compiled;
    this.step = record.steps;
    this.#state = state;
    this.#probes = new Probes(training.engine, compiled.step, state);
    this.#record = record;
  }

  static async start(
    training: Training,
    compiled: CompiledStep,
  ): Promise<TrainingRun> {
    const { engine, checkpoint, steps } = training;
    const found = await loadCheckpoint(checkpoint, compiled.step) ??
      await training.start();
    const state: Record<string, DeviceTensor> = {};
    for (const [name, value] of Object.entries(found.state)) {
      state[name] = await engine.upload(value);
    }
    const record = new TrainingRecord(compiled.step, {
      names: compiled.log.names,
      steps,
      done: found.step,
      log: found.log,
    });
    return new TrainingRun(training, compiled, { state, record });
  }

  /** Scalars of the steps whose scalars are read. */
  get log(): TrainingLog {
    return this.#record.log;
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
   * @throws {UserError} naming the first step that must not be gone on from
   */
  async readLog(): Promise<void> {
    for (const record of await this.#compiled.log.read()) {
      const loss = this.#record.take(record);
      this.#training.onStep?.(this.#record.steps, { loss, scalars: record });
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
    const moment: Moment = {
      step: this.step,
      result: () => this.result(),
      probe: (parts, inputs) => this.#probes.run(parts, inputs),
    };
    for (const pause of due) await pause.run(moment);
  }

  /** Saves the state, once it is known to be good. */
  async save(): Promise<void> {
    await this.readLog();
    await saveCheckpoint(this.#training.checkpoint, await this.checkpoint());
  }

  /** The state after the steps so far, whose scalars have been read. */
  async checkpoint(): Promise<Checkpoint> {
    const state: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(this.#state)) {
      // In the engine's precision: a resumed run must repeat the bytes.
      state[name] = await this.#training.engine.download(tensor);
    }
    return { step: this.step, state, log: this.log };
  }

  /** What the training leaves, or would leave now. */
  async result(): Promise<Trained> {
    const { players, buffers = {} } = this.#compiled.step;
    const weights: Record<string, Record<string, HostTensor>> = {};
    for (const [player, rule] of Object.entries(players)) {
      const packed = await this.#download(resultNames(player, rule));
      weights[player] = new StateLayout(rule.shapes).unpack(packed);
    }
    return {
      weights,
      buffers: await this.#download(
        mapValues(buffers, (_, name) => bufferName(name)),
      ),
      log: this.log,
      loss: this.#record.loss,
    };
  }

  /** Tensors of the state, as f32. */
  async #download(
    names: Readonly<Record<string, string>>,
  ): Promise<Record<string, HostTensor>> {
    const found: Record<string, HostTensor> = {};
    for (const [name, state] of Object.entries(names)) {
      const tensor = this.#state[state]!;
      found[name] = toFloat32(await this.#training.engine.download(tensor));
    }
    return found;
  }

  dispose(): void {
    const { engine } = this.#training;
    this.#compiled.dispose();
    this.#probes.dispose();
    for (const tensor of Object.values(this.#state)) engine.dispose(tensor);
  }
}

/** Artifacts hold f32; the reference engine downloads f64. */
function toFloat32(tensor: HostTensor): HostTensor {
  return tensor.dtype === "f64"
    ? hostTensor("f32", tensor.shape, Float32Array.from(tensor.data))
    : tensor;
}
