import type { BatchRows } from "../batch_rows.ts";
import type { Collective } from "../../parallel/mod.ts";
import {
  type DeviceTensor,
  type Engine,
  type Executable,
  sizeOf,
} from "../../tensor/mod.ts";
import type { Batch, CompiledStep } from "../compiled_step.ts";
import type { HeldState } from "../held_state.ts";
import { runOn, type Values } from "../known_values.ts";
import { shareOfStep, sumsOf, workerName } from "../parts.ts";
import { mapKeys, mapValues } from "../records.ts";
import { ScalarLog } from "../scalar_log.ts";
import { stateGroups, stateShapes } from "../state.ts";
import { stateName, WEIGHTS } from "../names.ts";
import type { TrainingStep } from "../step.ts";
import { type Bucket, bucketsOf, unitsOf } from "./buckets.ts";
import { type BucketContext, BucketRun } from "./bucket_run.ts";
import { inOrder } from "./in_order.ts";
import { Lane } from "./lane.ts";
import { Measures } from "./measures.ts";
import { rankPrograms } from "./programs.ts";
import { type RankShare, SMALL, SQUARES } from "./rank_share.ts";
import { smallNames } from "./sum_programs.ts";
import { SharedState } from "./shared_state.ts";
import type { TreeCut } from "./tree_cut.ts";
import { Wire } from "./wire.ts";

type State = Readonly<Record<string, DeviceTensor>>;

/** What a rank runs. */
interface RankRuns {
  readonly lanes: readonly Lane[];
  readonly buckets: readonly BucketRun[];
  readonly small: Executable;
  readonly join: Executable;
  readonly report: Executable;
  readonly measures: Measures;
  readonly log: ScalarLog;
}

/**
 * A step that ranks do together, each its parts of the batch and its share of
 * the weights. All sums are over the parts in one order, so that the number of
 * ranks, and of lanes, changes no byte.
 */
export class StepOnRanks implements CompiledStep {
  readonly step: TrainingStep;
  readonly rows: BatchRows;
  readonly #context: BucketContext;
  readonly #runs: RankRuns;
  readonly #owners: ReadonlyMap<string, number>;

  private constructor(
    context: BucketContext,
    { step, buckets }: Pick<RankShare, "step" | "buckets">,
    { rows, runs }: { rows: BatchRows; runs: RankRuns },
  ) {
    this.#context = context;
    this.step = step;
    this.rows = rows;
    this.#runs = runs;
    this.#owners = ownersOf(step, buckets);
  }

  /** @param step made for the rows of one part */
  static async compile(
    engine: Engine,
    step: TrainingStep,
    { cut, rows, collective }: {
      readonly cut: TreeCut;
      /** Of the batch, those of this rank. */
      readonly rows: BatchRows;
      readonly collective: Collective;
    },
  ): Promise<StepOnRanks> {
    const share = shareOfStep(step, cut.parts);
    const wire = await Wire.open(collective, engine);
    const { rank, size } = wire;
    const units = unitsOf(share.leaves, cut);
    const buckets = bucketsOf(units, cut);
    const made = { step, share, cut, rank, units, buckets };
    const programs = rankPrograms(made);
    const context = { engine, wire };
    const log = await ScalarLog.create(engine, programs.report, {
      // Ranks that read at different steps would stop at different ones.
      everyStep: size > 1,
    });
    const lanes: Lane[] = [];
    for (let lane = 0; lane < cut.lanes; lane++) {
      const { rounds } = cut;
      lanes.push(await Lane.compile(engine, programs, { step, lane, rounds }));
    }
    const runs: BucketRun[] = [];
    for (const [index, work] of programs.buckets.entries()) {
      runs.push(
        await BucketRun.compile(context, work, {
          buckets: buckets.map((own) => own[index]!),
          lane: index % cut.lanes,
        }),
      );
    }
    const sums = sumsOf(share);
    const numbers = smallNames(share)
      .reduce((sum, name) => sum + sizeOf(sums[name]!.shape), 0);
    const all: RankRuns = {
      lanes,
      buckets: runs,
      small: await engine.compile(programs.small, { lane: 0 }),
      join: await engine.compile(programs.join, { lane: 0 }),
      report: await engine.compile(log.program, { lane: 0 }),
      measures: new Measures(context, {
        units: units.length,
        players: Object.keys(step.players).length,
        small: numbers,
      }),
      log,
    };
    return new StepOnRanks(context, made, { rows, runs: all });
  }

  get log(): ScalarLog {
    return this.#runs.log;
  }

  get waitedMs(): number {
    return this.#context.wire.waitedMs;
  }

  keeps(name: string): boolean {
    const owner = this.#owners.get(name);
    return owner === undefined || owner === this.#context.wire.rank;
  }

  hold(tensors: State): HeldState {
    return new SharedState(tensors, {
      ...this.#context,
      owners: this.#owners,
      shapes: stateShapes(this.step),
    });
  }

  async advance(values: Batch, state: State): Promise<void> {
    const { lanes, buckets } = this.#runs;
    const found = await Promise.all(
      lanes.map((lane) => lane.sums(values, state)),
    );
    const sums: State = Object.assign(
      {},
      ...found.map((own, lane) =>
        mapKeys(own, (name) => workerName(lane, name))
      ),
    );
    const small = this.#run("small", sums);
    const totals = await inOrder(buckets.map((bucket) => bucket.send(sums)));
    const measured = totals.map(({ squares }) => squares);
    const joined = await this.#run("join", Object.assign({}, ...measured));
    const known: Values = {
      ...values,
      ...state,
      ...await this.#runs.measures.share(
        joined[SQUARES]!,
        (await small)[SMALL]!,
      ),
    };
    const report = this.#report(known);
    await inOrder(
      buckets.map((bucket, i) =>
        bucket.update(state, { ...known, ...totals[i]!.totals })
      ),
    );
    await report;
  }

  /** Writes the scalars of the step, and replaces the buffers. */
  async #report(known: Values): Promise<void> {
    const row = this.log.bindings();
    await this.#run("report", { ...known, ...row.inputs, ...row.state });
  }

  #run(
    name: "small" | "join" | "report",
    known: Values,
  ): ReturnType<typeof runOn> {
    return runOn(this.#context.engine, this.#runs[name], known);
  }

  dispose(): void {
    const { lanes, buckets, small, join, report, log } = this.#runs;
    for (const run of [...lanes, ...buckets, log]) run.dispose();
    for (const executable of [small, join, report]) {
      this.#context.engine.dispose(executable);
    }
  }
}

/** Which rank alone keeps a state: what an optimiser keeps, and averages. */
function ownersOf(
  { players }: TrainingStep,
  buckets: readonly (readonly Bucket[])[],
): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const [rank, own] of buckets.entries()) {
    for (const { leaves } of own) {
      mapValues(leaves, (weights, player) => {
        const groups = stateGroups(players[player]!)
          .filter((group) => group !== WEIGHTS);
        for (const name of Object.keys(weights)) {
          for (const group of groups) {
            owners.set(stateName({ player, group, name }), rank);
          }
        }
      });
    }
  }
  return owners;
}
