import { UserError } from "../../artifact/mod.ts";
import { launchedBy, launchedByMpi } from "../../parallel/mod.ts";
import {
  type CommandContext,
  type Plan,
  type PlannedStep,
  type RunOptions,
  runPlan,
  type StepResult,
} from "../../pipeline/mod.ts";

/** How a pipeline is spread over processes. */
export interface Spreading {
  /** The command of a launcher, such as `mpirun -n 8`. */
  readonly launch?: string | undefined;
  /** The one step that this process is to do. */
  readonly only?: string | undefined;
}

type Context = Pick<
  CommandContext,
  | "commandLine"
  | "engine"
  | "environment"
  | "json"
  | "log"
  | "progress"
  | "ranks"
  | "remoteFiles"
  | "signal"
>;

/**
 * Runs a plan; steps that processes can share are run by a launcher, where one
 * is given, and the others here.
 *
 * @throws {UserError} where a launched step fails, or many would run all steps
 */
export async function runSpread(
  plan: Plan,
  context: Context,
  { launch, only, ...options }: Spreading & RunOptions,
): Promise<readonly StepResult[]> {
  if (only !== undefined) {
    return await runOnly(plan, context, { only, options });
  }
  const { size = 1, launcher } = launchedByMpi(context.environment) ?? {};
  if (size > 1) {
    throw new UserError(
      `Cannot run a pipeline ${size} times, as ${launcher} has started it: ` +
        "start it once, with --launch",
    );
  }
  if (launch === undefined || options.dryRun) {
    return await runPlan(plan, context, options);
  }
  const results: StepResult[] = [];
  for (const step of plan.steps) {
    context.signal.throwIfAborted();
    if (await isLaunched(step, context)) {
      results.push(await launchStep(step, context, launch));
    } else {
      const alone = { ...plan, steps: [step] };
      results.push(...await runPlan(alone, context, options));
    }
  }
  return results;
}

/** Whether processes have something of a step to share. */
async function isLaunched(
  { id, stage, options }: PlannedStep,
  { log }: Context,
): Promise<boolean> {
  if (!stage.together && !stage.shares) return false;
  const why = await stage.alone?.(options);
  if (why !== undefined) log.info(`${id}  is not launched: ${why}`);
  return why === undefined;
}

/** The part of a step that a launched process does. */
async function runOnly(
  plan: Plan,
  context: Context,
  { only, options }: { only: string; options: RunOptions },
): Promise<readonly StepResult[]> {
  const step = plan.steps.find(({ id }) => id === only);
  if (step === undefined) {
    const known = plan.steps.map(({ id }) => id).join(", ");
    throw new UserError(`No step is called "${only}", only ${known}`);
  }
  const { rank, size = 1 } = launchedBy(context.environment) ?? { rank: 0 };
  const isShared = step.stage.shares && size > 1;
  const share = isShared ? { share: { rank, world: size } } : {};
  const alone = { ...plan, steps: [{ ...step, ...share }] };
  return await runPlan(alone, context, options);
}

async function launchStep(
  { id }: PlannedStep,
  { commandLine, json, log, signal }: Context,
  launch: string,
): Promise<StepResult> {
  const [program, ...flags] = [...words(launch), ...commandLine];
  log.info(`${id}  is launched: ${launch}`);
  const { code } = await run(program!, {
    args: [...flags, "--only", id],
    isMuted: json,
    signal,
  });
  signal.throwIfAborted();
  if (code === 0) return { id, state: "ran" };
  throw new UserError(`"${launch}" ended ${id} with status ${code}`);
}

async function run(
  program: string,
  { args, isMuted, signal }: {
    args: readonly string[];
    isMuted: boolean;
    signal: AbortSignal;
  },
): Promise<Deno.CommandStatus> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: isMuted ? "null" : "inherit",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`Cannot launch: there is no program "${program}"`);
  }
  // A terminal sends ^C to both of them itself.
  const stop = () => Deno.stdin.isTerminal() || child.kill("SIGTERM");
  signal.addEventListener("abort", stop);
  try {
    return await child.status;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Words of a command; quotes keep spaces. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}
