import { UserError } from "../artifact/mod.ts";
import {
  type Bindings,
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  type Program,
  sameShape,
  type Shape,
  sizeOf,
} from "../tensor/mod.ts";
import { type Cut, partPrograms, sumName, workerName } from "./parts.ts";
import { ScalarLog } from "./scalar_log.ts";
import type { TrainingStep } from "./step.ts";
import { frozenStates, trainingProgram } from "./step_program.ts";

/** Values of a training program's own inputs. */
export type Batch = NonNullable<Bindings["inputs"]>;

type State = NonNullable<Bindings["state"]>;

type Value = HostTensor | DeviceTensor;

/** A step of a training on an engine, whole or in parts. */
export interface CompiledStep {
  /** What was compiled: the whole step, or that of a part. */
  readonly step: TrainingStep;
  /** Scalars of the steps so far. */
  readonly log: ScalarLog;
  /** Does a step: `values` are the whole batch and the scalars of the update. */
  advance(values: Batch, state: State): Promise<void>;
  dispose(): void;
}

/** A step for any number of rows. */
export interface StepOptions {
  readonly step: (rows: number) => TrainingStep;
  /** Rows of the whole batch. */
  readonly rows: number;
  /** Parts whose gradients are added up one after another; 1 unless given. */
  readonly accumulate?: number;
}

/**
 * Compiles a step: as one program where the engine runs one at a time and
 * nothing is accumulated, or else in parts of the batch, which the engine's
 * workers share. A step that cannot be cut for workers is not cut.
 *
 * @throws {UserError} when the batch has no so many equal parts, or rows that
 *   belong together would be parted
 */
export async function compileStep(
  engine: Engine,
  { step, rows, accumulate: rounds = 1 }: StepOptions,
): Promise<CompiledStep> {
  const whole = step(rows);
  requireRounds(whole, rows, rounds);
  const { workers: most = 1 } = engine;
  const { rows: together = 1 } = whole.rowsTogether ?? {};
  const workers = rows % (rounds * most * together) === 0 ? most : 1;
  const parts = workers * rounds;
  if (parts === 1) return await WholeStep.compile(engine, whole);
  return await StepInParts.compile(engine, step(rows / parts), {
    workers,
    rounds,
  });
}

/** @throws {UserError} where a batch cannot be cut in rounds */
function requireRounds(
  { rowsTogether }: TrainingStep,
  rows: number,
  rounds: number,
): void {
  if (rows % rounds !== 0) {
    throw new UserError(
      `Cannot accumulate a batch of ${rows} in ${rounds} equal parts`,
    );
  }
  if (rounds === 1 || rowsTogether === undefined) return;
  const { rows: together, because } = rowsTogether;
  const part = rows / rounds;
  if (part % together === 0) return;
  throw new UserError(
    `Cannot accumulate a batch of ${rows} in ${rounds} parts of ${part}: ` +
      `${because}, expected parts of a multiple of ${together} rows`,
  );
}

class WholeStep implements CompiledStep {
  readonly #engine: Engine;
  readonly step: TrainingStep;
  readonly log: ScalarLog;
  readonly #executable: Executable;

  private constructor(
    engine: Engine,
    step: TrainingStep,
    { log, executable }: { log: ScalarLog; executable: Executable },
  ) {
    this.#engine = engine;
    this.step = step;
    this.log = log;
    this.#executable = executable;
  }

  static async compile(engine: Engine, step: TrainingStep): Promise<WholeStep> {
    const log = await ScalarLog.create(engine, trainingProgram(step));
    const frozen = frozenStates(step);
    const executable = await engine.compile(log.program, { frozen });
    return new WholeStep(engine, step, { log, executable });
  }

  async advance(values: Batch, state: State): Promise<void> {
    const row = this.log.bindings();
    await this.#engine.run(this.#executable, {
      inputs: { ...values, ...row.inputs },
      state: { ...state, ...row.state },
    });
  }

  dispose(): void {
    this.#engine.dispose(this.#executable);
    this.log.dispose();
  }
}

/** What one worker runs. */
interface WorkerPrograms {
  readonly first: Executable;
  readonly later: Executable | null;
  readonly update: Executable;
}

/** Gradients of parts of the batch, side by side and in turn, then the update. */
class StepInParts implements CompiledStep {
  readonly #engine: Engine;
  readonly step: TrainingStep;
  readonly log: ScalarLog;
  readonly #workers: readonly WorkerPrograms[];
  readonly #rounds: number;

  private constructor(
    engine: Engine,
    step: TrainingStep,
    { log, workers, rounds }: {
      log: ScalarLog;
      workers: readonly WorkerPrograms[];
      rounds: number;
    },
  ) {
    this.#engine = engine;
    this.step = step;
    this.log = log;
    this.#workers = workers;
    this.#rounds = rounds;
  }

  static async compile(
    engine: Engine,
    step: TrainingStep,
    cut: Cut,
  ): Promise<StepInParts> {
    const { first, later, updates } = partPrograms(step, cut);
    const log = await ScalarLog.create(engine, updates[0]!);
    const workers: WorkerPrograms[] = [];
    for (const [worker, update] of updates.entries()) {
      const options = updates.length > 1 ? { worker } : {};
      const compile = (program: Program) => engine.compile(program, options);
      const compilePart = (program: Program) =>
        engine.compile(program, { ...options, frozen: frozenStates(step) });
      workers.push({
        first: await compilePart(first),
        later: later && await compilePart(later),
        update: await compile(worker === 0 ? log.program : update),
      });
    }
    return new StepInParts(engine, step, { log, workers, rounds: cut.rounds });
  }

  async advance(values: Batch, state: State): Promise<void> {
    const sums = await Promise.all(
      this.#workers.map((_, worker) => this.#sum(worker, values, state)),
    );
    const known: Record<string, Value> = { ...values, ...state };
    sums.forEach((outputs, worker) => {
      for (const [name, tensor] of Object.entries(outputs)) {
        known[workerName(worker, name)] = tensor;
      }
    });
    const row = this.log.bindings();
    Object.assign(known, row.inputs, row.state);
    await Promise.all(
      this.#workers.map(({ update }) => this.#run(update, known)),
    );
  }

  /** A worker's sums over its parts of the batch. */
  async #sum(worker: number, values: Batch, state: State): Promise<State> {
    const { first, later } = this.#workers[worker]!;
    let sums: State = {};
    for (let round = 0; round < this.#rounds; round++) {
      const executable = round === 0 ? first : later!;
      const part = worker * this.#rounds + round;
      const known: Record<string, Value> = { ...state };
      for (
        const [name, { shape }] of Object.entries(executable.program.inputs)
      ) {
        const value = values[name];
        if (value !== undefined) known[name] = rowsOf(value, shape, part);
      }
      for (const [name, tensor] of Object.entries(sums)) {
        known[sumName(name)] = tensor;
      }
      sums = await this.#run(executable, known);
    }
    return sums;
  }

  /** Runs a program on what it reads of the values that are known. */
  #run(
    executable: Executable,
    known: Readonly<Record<string, Value>>,
  ): Promise<State> {
    const { inputs, state } = executable.program;
    // Frozen weights are no bindings, and not known here.
    const pick = (names: object) =>
      Object.fromEntries(
        Object.keys(names).filter((name) => name in known)
          .map((name) => [name, known[name]!] as const),
      );
    return this.#engine.run(executable, {
      inputs: pick(inputs),
      state: pick(state) as State,
    });
  }

  dispose(): void {
    for (const { first, later, update } of this.#workers) {
      this.#engine.dispose(first);
      if (later !== null) this.#engine.dispose(later);
      this.#engine.dispose(update);
    }
    this.log.dispose();
  }
}

/** The rows of a part of the batch; what is not in rows is all of it. */
function rowsOf(value: Value, shape: Shape, part: number): Value {
  if (!("data" in value) || sameShape(value.shape, shape)) return value;
  const size = sizeOf(shape);
  const data = value.data.subarray(part * size, (part + 1) * size);
  return hostTensor(value.dtype, shape, data as never);
}
