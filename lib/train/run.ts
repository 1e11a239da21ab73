import { UserError } from "../artifact/mod.ts";
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
import { bufferName, scalarName } from "./names.ts";
import { mapValues } from "./records.ts";
import { Probes } from "./probe.ts";
import { resultNames } from "./state.ts";
import { StateLayout } from "./state_layout.ts";
import type { Moment, Trained, Training } from "./training.ts";
import { bindScalars, updateScalars } from "./update.ts";

/** The state of a training between steps. */
export class TrainingRun {
  /** Steps done. */
  step: number;
  /** Steps whose scalars are known. */
  #read: number;
  readonly #training: Training;
  readonly #compiled: CompiledStep;
  readonly #state: Readonly<Record<string, DeviceTensor>>;
  readonly #probes: Probes;
  /** Scalars of every step, zero where it is not done. */
  readonly log: TrainingLog;

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
    this.#probes = new Probes(training.engine, compiled.step, state);
    this.log = log;
  }

  static async start(
    training: Training,
    compiled: CompiledStep,
  ): Promise<TrainingRun> {
    const { engine, checkpoint, steps } = training;
    const found = await loadCheckpoint(checkpoint, compiled.step) ??
      await training.start();
    const { step } = found;
    const state: Record<string, DeviceTensor> = {};
    for (const [name, value] of Object.entries(found.state)) {
      state[name] = await engine.upload(value);
    }
    const log: TrainingLog = {};
    for (const name of compiled.log.names) {
      log[name] = new Float32Array(steps);
      log[name].set(found.log[name] ?? []);
    }
    return new TrainingRun(training, compiled, { step, state, log });
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
        this.log[name]![this.#read] = value;
      }
      this.#requireFinite(record);
      this.#read++;
      this.#training.onStep?.(this.#read, {
        loss: record[this.#lossName]!,
        scalars: record,
      });
    }
  }

  /** The first player's loss in records. */
  get #lossName(): string {
    const { players } = this.#compiled.step;
    return scalarName("loss", Object.keys(players)[0]!, players);
  }

  /** A gradient that is not finite has spoilt the state, whatever the loss is. */
  #requireFinite(record: Readonly<Record<string, number>>): void {
    const { name: training, players } = this.#compiled.step;
    for (const player of Object.keys(players)) {
      for (const what of ["loss", "gradientNorm"] as const) {
        const name = scalarName(what, player, players);
        const value = record[name]!;
        if (Number.isFinite(value)) continue;
        throw new UserError(
          `Cannot go on training "${training}": the "${name}" is ${value} at ` +
            `step ${this.#read}; the last good checkpoint is kept`,
        );
      }
    }
  }

  #scalars(): Batch {
    const { players, scalars = {} } = this.#compiled.step;
    return bindScalars({
      ...mapValues(scalars, (at) => at(this.step)),
      ...updateScalars(players, this.step),
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
    return { step: this.step, state, log: this.#doneLog() };
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
      log: this.#doneLog(),
      loss: this.log[this.#lossName]![this.step - 1]!,
    };
  }

  /** Scalars of the steps that are done. */
  #doneLog(): TrainingLog {
    return mapValues(this.log, (values) => values.slice(0, this.step));
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
