import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../artifact/mod.ts";
import type { Share, Stage } from "../pipeline/mod.ts";
import { parseNumber } from "./flags.ts";

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** How a launcher numbers its processes. */
interface Launcher {
  readonly rank: string;
  /** Variable of the number of processes; where absent, `--world` says it. */
  readonly world?: string;
  /** Variable without which the others mean something else. */
  readonly only?: string;
  /** Variables of the first number and the distance between two. */
  readonly from?: string;
  readonly step?: string;
}

/** The first one whose rank is set counts. */
const LAUNCHERS: readonly Launcher[] = [
  { rank: "RANK", world: "WORLD_SIZE", only: "WORLD_SIZE" },
  { rank: "OMPI_COMM_WORLD_RANK", world: "OMPI_COMM_WORLD_SIZE" },
  { rank: "PMI_RANK", world: "PMI_SIZE" },
  { rank: "SLURM_PROCID", world: "SLURM_NTASKS", only: "SLURM_STEP_ID" },
  { rank: "JOB_COMPLETION_INDEX" },
  {
    rank: "SLURM_ARRAY_TASK_ID",
    world: "SLURM_ARRAY_TASK_COUNT",
    from: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
];

/** Adds `--rank` and `--world`. */
export function addShareFlags(command: Command): void {
  const whole = (text: string) => {
    const value = parseNumber(text);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new InvalidArgumentError("Expected a whole number");
  };
  command
    .addOption(
      new Option(
        "--rank <count>",
        "number of this process among those that share the work, from 0 " +
          "(default: the launcher's: torchrun, MPI, Slurm, Kubernetes)",
      ).argParser(whole),
    )
    .addOption(
      new Option(
        "--world <count>",
        "how many processes share the work; the last to finish writes the " +
          "outputs, and one run without both does what a lost one left",
      ).argParser(whole),
    );
}

/**
 * This process's share of a stage's work: from flags, else from the launcher.
 *
 * @throws {UserError} where one number is missing or they do not fit
 */
export function shareOf(
  { name, shares }: Pick<Stage, "name" | "shares">,
  parsed: Command,
  environment: Environment,
): Share | undefined {
  if (!shares) return undefined;
  const flags = parsed.opts<{ rank?: number; world?: number }>();
  const launched = flags.rank === undefined ? launchedShare(environment) : {};
  const { rank, world } = { ...launched, ...flags };
  if (rank === undefined && world === undefined) return undefined;
  if (rank !== undefined && world !== undefined && rank < world) {
    return { rank, world };
  }
  throw new UserError(
    `Cannot run ${name} as rank ${rank ?? "(none)"} of ${world ?? "(none)"}: ` +
      "expected --rank from 0 to less than --world",
  );
}

function launchedShare(
  environment: Environment,
): { readonly rank?: number; readonly world?: number } {
  const number = (name: string | undefined) => {
    const text = name === undefined ? undefined : environment(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  for (const { rank, world, only, from, step } of LAUNCHERS) {
    const found = number(rank);
    if (found === undefined) continue;
    if (only !== undefined && environment(only) === undefined) continue;
    const size = number(world);
    return {
      rank: (found - (number(from) ?? 0)) / (number(step) ?? 1),
      ...(size !== undefined && { world: size }),
    };
  }
  return {};
}
