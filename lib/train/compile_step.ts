import { UserError } from "../artifact/mod.ts";
import type { Bindings, Engine, Executable, Program } from "../tensor/mod.ts";
import type { BatchRows } from "./batch_rows.ts";
import type { Batch, CompiledStep, StepOptions } from "./compiled_step.ts";
import { type HeldState, WholeState } from "./held_state.ts";
import { partOf, runOn, type Value } from "./known_values.ts";
import { type Cut, partPrograms, sumName, workerName } from "./parts.ts";
import { mapKeys } from "./records.ts";
import { ScalarLog } from "./scalar_log.ts";
import type { TrainingStep } from "./step.ts";
import { frozenStates, trainingProgram } from "./step_program.ts";

type State = NonNullable<Bindings["state"]>;

/**
 * Compiles a step: as one program where the engine runs one at a time and
 * nothing is accumulated, or else in parts of the batch, which the engine's
 * workers share. A step that cannot be cut for workers is not cut. Where several
 * parts are given, ranks share them.
 *
 * @throws {UserError} when the batch has no so many equal parts, or rows that
 *   belong together would be parted
 */
export async function compileStep(
  engine: Engine,
  options: StepOptions,
): Promise<CompiledStep> {
  const { parts: shared = 1 } = options;
  if (shared > 1) {
    const { compileOnRanks } = await import("./parallel/mod.ts");
    return await compileOnRanks(engine, { ...options, parts: shared });
  }
  const { step, rows, accumulate: rounds = 1, collective } = options;
  requireAlone(collective);
  const whole = step(rows);
  requireRounds(whole, rows, rounds);
  const { workers: most = 1 } = engine;
  const { rows: together = 1 } = whole.rowsTogether ?? {};
  const workers = rows % (rounds * most * together) === 0 ? most : 1;
  const parts = workers * rounds;
  const all = { start: 0, count: rows };
  if (parts === 1) return await WholeStep.compile(engine, whole, all);
  return await StepInParts.compile(engine, step(rows / parts), {
    rows: all,
    cut: { workers, rounds },
  });
}

/** @throws {UserError} where ranks have no parts to share */
function requireAlone(collective: StepOptions["collective"]): void {
  if (collective === undefined || collective.size === 1) return;
  throw new UserError(
    `Cannot train with ${collective.size} ranks: expected --parts, in how many ` +
      "parts a batch is cut for ranks to share",
  );
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

/** A step of which all is done here. */
abstract class OwnStep {
  readonly step: TrainingStep;
  readonly rows: BatchRows;
  readonly engine: Engine;

  constructor(
    engine: Engine,
    { step, rows }: Pick<CompiledStep, "step" | "rows">,
  ) {
    this.engine = engine;
    this.step = step;
    this.rows = rows;
  }

  keeps(): boolean {
    return true;
  }

  hold(tensors: State): HeldState {
    return new WholeState(this.engine, tensors);
  }
}

class WholeStep extends OwnStep implements CompiledStep {
  readonly log: ScalarLog;
  readonly #executable: Executable;

  private constructor(
    engine: Engine,
    parts: Pick<CompiledStep, "step" | "rows">,
    { log, executable }: { log: ScalarLog; executable: Executable },
  ) {
    super(engine, parts);
    this.log = log;
    this.#executable = executable;
  }

  static async compile(
    engine: Engine,
    step: TrainingStep,
    rows: BatchRows,
  ): Promise<WholeStep> {
    const log = await ScalarLog.create(engine, trainingProgram(step));
    const frozen = frozenStates(step);
    const executable = await engine.compile(log.program, { frozen });
    return new WholeStep(engine, { step, rows }, { log, executable });
  }

  async advance(values: Batch, state: State): Promise<void> {
    const row = this.log.bindings();
    await this.engine.run(this.#executable, {
      inputs: { ...values, ...row.inputs },
      state: { ...state, ...row.state },
    });
  }

  dispose(): void {
    this.engine.dispose(this.#executable);
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
class StepInParts extends OwnStep implements CompiledStep {
  readonly log: ScalarLog;
  readonly #workers: readonly WorkerPrograms[];
  readonly #rounds: number;

  private constructor(
    engine: Engine,
    parts: Pick<CompiledStep, "step" | "rows">,
    { log, workers, rounds }: {
      log: ScalarLog;
      workers: readonly WorkerPrograms[];
      rounds: number;
    },
  ) {
    super(engine, parts);
    this.log = log;
    this.#workers = workers;
    this.#rounds = rounds;
  }

  static async compile(
    engine: Engine,
    step: TrainingStep,
    { cut, rows }: { cut: Cut; rows: BatchRows },
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
    const { rounds } = cut;
    return new StepInParts(engine, { step, rows }, { log, workers, rounds });
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
      this.#workers.map(({ update }) => runOn(this.engine, update, known)),
    );
  }

  /** A worker's sums over its parts of the batch. */
  async #sum(worker: number, values: Batch, state: State): Promise<State> {
    const { first, later } = this.#workers[worker]!;
    let sums: State = {};
    for (let round = 0; round < this.#rounds; round++) {
      const executable = round === 0 ? first : later!;
      const part = worker * this.#rounds + round;
      sums = await runOn(this.engine, executable, {
        ...state,
        ...partOf(executable, values, part),
        ...mapKeys(sums, sumName),
      });
    }
    return sums;
  }

  dispose(): void {
    for (const { first, later, update } of this.#workers) {
      this.engine.dispose(first);
      if (later !== null) this.engine.dispose(later);
      this.engine.dispose(update);
    }
    this.log.dispose();
  }
}
