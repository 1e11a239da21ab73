import {
  createAtomic,
  createAtomicFolder,
  createFolder,
  exists,
  isFolder,
  type JsonRecord,
  UserError,
} from "../artifact/mod.ts";
import {
  broadcastJson,
  type Collective,
  singleCollective,
} from "../parallel/mod.ts";
import type { Engine } from "../tensor/engine.ts";
import { isKept } from "./kept_file.ts";
import type { Ledger } from "./ledger.ts";
import type { Logger } from "./logger.ts";
import { naming } from "./naming.ts";
import { digestOf, inputSizes, openInputs } from "./open_inputs.ts";
import { openSlots } from "./open_slots.ts";
import type { RecipeSlot } from "./output_slot.ts";
import type { PlannedStep } from "./plan.ts";
import { headedBy, type Progress } from "./progress.ts";
import { engineLabel, type Recipe, recipeMetadata } from "./recipe.ts";
import type { RemoteFiles } from "./remote_files.ts";
import { Scratch } from "./scratch.ts";
import { standingOf } from "./standing.ts";
import { isLockLeft, lockStep } from "./step_lock.ts";
import {
  isPlain,
  type Share,
  type SizesOf,
  type StageContext,
  type StageSummary,
} from "./stage.ts";

/** What a run is given from outside. */
export interface RunHost {
  /** Opens the engine that the user chose; later calls give the same one. */
  engine(): Promise<Engine>;
  /** The processes that a launcher has started with this one; alone without. */
  ranks?(): Promise<Collective>;
  /** Files of others, which inputs may name. */
  remoteFiles(): Promise<RemoteFiles>;
  readonly progress: Progress;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What became of a step. */
export interface StepResult {
  readonly id: string;
  readonly state: "done" | "ran" | "ran its share" | "would run";
  /** Why it ran or would run. */
  readonly why?: string;
  /** What the stage said of its result. */
  readonly summary?: StageSummary;
}

/** What the first rank tells the others of a step. */
type Order = { readonly done: true } | {
  readonly recipe: Recipe;
  readonly why: string;
};

/** All of the work. */
const WHOLE: Share = { rank: 0, world: 1 };

/** What all steps of a run have. */
export interface StepTools {
  readonly host: RunHost;
  readonly ledger: Ledger;
  /** Longest name of a step, so that lines stand in columns. */
  readonly width: number;
  readonly force: boolean;
  readonly keep: boolean;
}

/** One step on its way through a run. */
export class StepRun {
  private readonly step: PlannedStep;
  private readonly tools: StepTools;
  private engineName: string | undefined;
  /** Whether a share of the work is done and others are waited for. */
  private left = false;

  constructor(step: PlannedStep, tools: StepTools) {
    this.step = step;
    this.tools = tools;
  }

  /** @param remote an input that is not on this machine yet */
  async preview(
    earlier: readonly StepResult[],
    remote: string | undefined,
  ): Promise<StepResult> {
    const { id, after } = this.step;
    const cause = earlier.find((result) =>
      result.state === "would run" && after.includes(result.id)
    );
    const why = remote !== undefined
      ? await this.reasonAfter(`"${remote}" is fetched before it`)
      : cause !== undefined
      ? await this.reasonAfter(`"${cause.id}" runs before it`)
      : await this.reasonNow();
    if (why === undefined) return await this.tellDone();
    this.say(`would run: ${why}`);
    return { id, state: "would run", why };
  }

  /** Why a step runs whose inputs are not there yet: its options are. */
  private async reasonAfter(cause: string): Promise<string> {
    await this.settled(() => Promise.resolve(undefined));
    return cause;
  }

  /** Why the step would run, once everything fits as a run needs it. */
  private async reasonNow(): Promise<string | undefined> {
    const recipe = await this.recipe();
    const why = await this.reason(recipe);
    if (why === undefined) return undefined;
    this.refusePipes();
    const inputs = await openInputs(this.step, recipe);
    try {
      const { stage, options, seed } = this.step;
      await stage.check?.({ options, inputs, seed });
    } finally {
      for (const reader of Object.values(inputs)) reader.close();
    }
    return why;
  }

  /** Runs it, where it is not done; ranks that run it together do as the first. */
  async run(): Promise<StepResult> {
    const opened = this.step.stage.together && await this.tools.host.ranks?.();
    const ranks = opened || singleCollective();
    return ranks.rank === 0 ? await this.lead(ranks) : await this.follow(ranks);
  }

  /** Does what the first rank has found to be done. */
  private async follow(ranks: Collective): Promise<StepResult> {
    const { id } = this.step;
    const order = await broadcastJson<Order>(ranks, undefined);
    if ("done" in order) return { id, state: "done" };
    const { recipe, why } = order;
    const scratch = Scratch.of(this.step, recipe);
    const summary = await this.work(recipe, { scratch, ranks });
    return { id, state: "ran", why, ...(summary && { summary }) };
  }

  private async lead(ranks: Collective): Promise<StepResult> {
    const { force } = this.tools;
    const recipe = await this.recipe();
    if (await this.reason(recipe) === undefined) {
      await this.sweep(recipe);
      return await this.tellDone(ranks);
    }
    await this.probeOutputs();
    this.refusePipes(ranks.size);
    using _lock = await lockStep(this.step);
    // Another process may have done it since.
    const why = await this.reason(recipe);
    if (why === undefined) return await this.tellDone(ranks);
    await this.claimOutputs();
    const scratch = Scratch.of(this.step, recipe);
    // What other ranks have left is of this run.
    if (force && (this.step.share ?? WHOLE).world === 1) scratch.remove();
    this.say(`runs: ${await this.cause(why, scratch)}`);
    try {
      await broadcastJson<Order>(ranks, { recipe, why });
      const summary = await this.work(recipe, { scratch, ranks });
      if (!this.left) {
        await this.recordFiles(recipe);
        scratch.remove();
      }
      const state = this.left ? "ran its share" : "ran";
      return { id: this.step.id, state, why, ...(summary && { summary }) };
    } catch (error) {
      await this.releaseOutputs();
      throw error;
    } finally {
      scratch.abandon();
    }
  }

  /** Removes what a run left that was killed between its outputs and its end. */
  private async sweep(recipe: Recipe): Promise<void> {
    // It goes last: without one nothing else is left.
    if (!await isLockLeft(this.step)) return;
    try {
      using _lock = await lockStep(this.step);
      Scratch.of(this.step, recipe).remove();
    } catch (error) {
      // A process that is at it sweeps itself.
      if (!(error instanceof UserError)) throw error;
    }
  }

  /** @throws {UserError} where several processes would write to their own pipes */
  private refusePipes(ranks = 1): void {
    const { id, share = WHOLE, inputs, outputs } = this.step;
    const places = [
      // Launchers pass their standard input on to one rank.
      ...(ranks > 1 ? Object.values(inputs) : []),
      ...(ranks * share.world > 1 ? Object.values(outputs) : []),
    ];
    if (places.every((place) => typeof place === "string")) return;
    throw new UserError(
      `Cannot share the work of ${id}: an input or output goes to a pipe, ` +
        "expected files",
    );
  }

  /** Why the step runs, in words. */
  private async cause(why: string, scratch: Scratch): Promise<string> {
    const { rank, world } = this.step.share ?? WHOLE;
    if (world > 1) return `rank ${rank} of ${world}`;
    if (scratch.used) return "it was cut, goes on";
    const targets = Object.values(this.step.outputs).filter(isKept);
    const there = await Promise.all(targets.map(exists));
    const old = targets[there.indexOf(true)];
    return old === undefined ? why : `${why}; replaces "${old}"`;
  }

  private async recipe(): Promise<Recipe> {
    const { stage, options, seed, where } = this.step;
    const inputs: Record<string, string> = {};
    for (const [name, source] of Object.entries(this.step.inputs)) {
      if (stage.inputs[name]?.aside) continue;
      const key = where && `${where}.inputs.${name}`;
      const port = stage.inputs[name]!;
      const { ledger } = this.tools;
      inputs[name] = await naming(
        key,
        () => digestOf(source, { port, ledger }),
      );
    }
    const sizesOf = (name: string) => inputSizes(this.step, name);
    const fingerprint = await stage.fingerprint?.(options);
    return {
      stage: stage.name,
      version: stage.version,
      options: await this.settled(sizesOf),
      seed,
      inputs,
      ...(fingerprint !== undefined && { fingerprint }),
    };
  }

  /** The options as the recipe records them. */
  private async settled(sizesOf: SizesOf): Promise<JsonRecord> {
    const { stage, options, outputs } = this.step;
    const writes = (output: string) => outputs[output] !== undefined;
    return await stage.settle?.(options, { sizesOf, writes }) ?? options;
  }

  /**
   * Why the step must run, or `undefined` where it is done.
   *
   * @throws {UserError} where it would replace what it must not
   */
  private async reason(recipe: Recipe): Promise<string | undefined> {
    const { ledger, force, keep } = this.tools;
    if (force) return "it was asked for";
    const standing = await standingOf(this.step, recipe, ledger);
    if (standing.state === "done") return undefined;
    const { state, why } = standing;
    if (state === "changed" && keep) {
      throw new UserError(`Cannot keep the output of ${this.step.id}: ${why}`);
    }
    if (state === "foreign") {
      throw new UserError(
        `Cannot write the output of ${this.step.id}: ${why}; give another ` +
          "place, or --force to replace it",
      );
    }
    return why;
  }

  /** Notes whose the outputs are: killed in between, this step may replace them. */
  private async claimOutputs(): Promise<void> {
    const { ledger } = this.tools;
    for (const target of Object.values(this.step.outputs)) {
      if (isKept(target)) ledger.claim(target, this.step.stage.name);
    }
    // Where it cannot be written, the end of the step says so.
    await ledger.save().catch(() => {});
  }

  /** Takes claims back of what a step that failed did not write. */
  private async releaseOutputs(): Promise<void> {
    for (const target of Object.values(this.step.outputs)) {
      if (!isKept(target) || await exists(target)) continue;
      this.tools.ledger.release(target);
    }
  }

  /** Fails before the work where an output could not be written after it. */
  private async probeOutputs(): Promise<void> {
    for (const [name, target] of Object.entries(this.step.outputs)) {
      if (typeof target !== "string") continue;
      const { kind } = this.step.stage.outputs[name]!;
      const probe = kind === "folder"
        ? await createAtomicFolder(target, /^/)
        : isPlain(kind) || !isFolder(target)
        ? await createAtomic(target)
        : await createFolder(target);
      await probe.abort();
    }
  }

  private async work(
    recipe: Recipe,
    { scratch, ranks }: { scratch: Scratch; ranks: Collective },
  ): Promise<StageSummary | void> {
    const { stage, options, seed, share = WHOLE } = this.step;
    const { progress, log, signal } = this.tools.host;
    const inputs = await openInputs(this.step, recipe);
    const outputs = openSlots(this.step, {
      recipe,
      ledger: this.tools.ledger,
      force: this.tools.force,
      engine: () => this.engineName,
    });
    const context: StageContext<Record<string, unknown>> = {
      options,
      seed,
      share,
      ranks,
      inputs,
      outputs,
      progress: headedBy(this.step.id, progress),
      log,
      signal,
      engine: () => this.openEngine(),
      scratch: (name) => scratch.path(name),
    };
    try {
      const summary = await stage.run(context);
      // What they leave is removed at the end of the first.
      await ranks.barrier();
      this.left = share.world > 1 &&
        Object.values(outputs).every(({ done }) => !done);
      if (!this.left && ranks.rank === 0) this.requireWritten(outputs);
      return summary;
    } finally {
      for (const reader of Object.values(inputs)) reader.close();
    }
  }

  private async openEngine(): Promise<Engine> {
    const engine = await this.tools.host.engine();
    this.engineName = engineLabel(engine);
    return engine;
  }

  private requireWritten(slots: Readonly<Record<string, RecipeSlot>>): void {
    for (const [name, slot] of Object.entries(slots)) {
      if (slot.done) continue;
      throw new Error(
        `internal: Stage "${this.step.stage.name}" did not write "${name}"`,
      );
    }
  }

  /** Remembers digests, and recipes of files that cannot carry them. */
  private async recordFiles(recipe: Recipe): Promise<void> {
    const made = recipeMetadata(recipe, this.engineName);
    for (const [name, target] of Object.entries(this.step.outputs)) {
      if (!isKept(target)) continue;
      const plain = isPlain(this.step.stage.outputs[name]?.kind);
      await this.tools.ledger.record(target, plain ? made : undefined);
    }
    await this.tools.ledger.save().catch((error: Error) => {
      const { log } = this.tools.host;
      log.warn(`${error.message}; the next run may do this step again`);
    });
  }

  private async tellDone(ranks = singleCollective()): Promise<StepResult> {
    await broadcastJson<Order>(ranks, { done: true });
    this.say(`done: ${Object.values(this.step.outputs).join(", ")}`);
    return { id: this.step.id, state: "done" };
  }

  private say(message: string): void {
    const { host, width } = this.tools;
    host.log.info(`${this.step.id.padEnd(width)}  ${message}`);
  }
}
