import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../artifact/mod.ts";
import { type Environment, launchedBy } from "../parallel/mod.ts";
import type { Share, Stage } from "../pipeline/mod.ts";
import { parseNumber } from "./flags.ts";

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
  const launched = flags.rank === undefined
    ? launchedBy(environment)
    : undefined;
  const rank = flags.rank ?? launched?.rank;
  const world = flags.world ?? launched?.size;
  if (rank === undefined && world === undefined) return undefined;
  if (rank !== undefined && world !== undefined && rank < world) {
    return { rank, world };
  }
  throw new UserError(
    `Cannot run ${name} as rank ${rank ?? "(none)"} of ${world ?? "(none)"}: ` +
      "expected --rank from 0 to less than --world",
  );
}
