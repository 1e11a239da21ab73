import { Ledger } from "./ledger.ts";
import { naming } from "./naming.ts";
import type { Plan } from "./plan.ts";
import { localSteps } from "./remote_inputs.ts";
import { refuseSharedFiles } from "./same_file.ts";
import { type RunHost, type StepResult, StepRun } from "./step_run.ts";

/** How a plan is run. */
export interface RunOptions {
  /** Run even what is done, and replace what others made. */
  readonly force?: boolean;
  /** Refuse to make an output again that changed since it was made. */
  readonly keep?: boolean;
  /** Only say what would run, and why. */
  readonly dryRun?: boolean;
}

/**
 * Runs what is not done yet of a plan, step by step, saying why.
 *
 * A step is done where every output exists and its recipe (stage, version,
 * options, seed, digests of the inputs) is the one that would be used now.
 *
 * @throws {UserError} for missing or unfit inputs
 */
export async function runPlan(
  plan: Plan,
  host: RunHost,
  options: RunOptions = {},
): Promise<readonly StepResult[]> {
  const ledger = await Ledger.open(plan.folder);
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const results: StepResult[] = [];
  const { dryRun = false, force = false, keep = false } = options;
  try {
    // What is missing is told before hours of work, not after.
    const steps = await localSteps(plan, { ...host, dryRun });
    for (const { step, remote } of steps) {
      host.signal.throwIfAborted();
      const run = new StepRun(step, { host, ledger, width, force, keep });
      const result = await naming(step.where, async () => {
        await refuseSharedFiles(step);
        return dryRun ? await run.preview(results, remote) : await run.run();
      });
      results.push(result);
    }
  } finally {
    // Of digests only, which are found again; no error hides the step's own.
    if (!dryRun) await ledger.save().catch(() => {});
  }
  return results;
}
