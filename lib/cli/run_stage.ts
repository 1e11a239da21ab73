import { dirname } from "node:path";
import type { Command } from "commander";
import {
  checkOptions,
  flagName,
  isKept,
  type PlannedStep,
  type RunHost,
  runPlan,
  type Stage,
  type StepResult,
  summaryLines,
} from "../pipeline/mod.ts";
import { givenOptions } from "./flags.ts";
import { wireInputs, wireOutputs } from "./pipes.ts";
import type { CommonOptions } from "./program.ts";
import { shareOf } from "./ranks.ts";

interface StageFlags extends CommonOptions {
  readonly force?: boolean;
  readonly keep?: boolean;
  readonly dryRun?: boolean;
}

/** A run's surroundings, with a place for results. */
export interface StageHost extends RunHost {
  print(text: string): void;
}

/** Runs one stage as its command line says. */
export async function runStage(
  stage: Stage,
  parsed: Command,
  host: StageHost,
): Promise<void> {
  const { seed, json = false, ...flags } = parsed.opts<StageFlags>();
  const options = checkOptions(stage.options, {
    given: givenOptions(parsed, stage.options),
    where: stage.name,
  });
  const outputs = wireOutputs(stage, outputPaths(stage, parsed), { json });
  const inputs = await wireInputs(stage, inputPaths(stage, parsed), host.log);
  const share = shareOf(stage, parsed, (name) => Deno.env.get(name));
  const step: PlannedStep = {
    id: stage.name,
    stage,
    options,
    seed,
    inputs,
    outputs,
    after: [],
    ...(share && { share }),
  };
  const main = Object.values(outputs).find(isKept);
  const folder = main === undefined ? undefined : dirname(main);
  const { force = false, keep = false, dryRun = false } = flags;
  const [result] = await runPlan({ folder, steps: [step] }, host, {
    force,
    keep,
    dryRun,
  });
  tell(step, result!, { host, json });
}

function inputPaths(
  stage: Stage,
  parsed: Command,
): Readonly<Record<string, string | undefined>> {
  const given = Object.keys(stage.inputs)
    .map((name) => [name, flagValue(parsed, name)] as const);
  return Object.fromEntries(given);
}

function outputPaths(
  stage: Stage,
  parsed: Command,
): Readonly<Record<string, string | undefined>> {
  const given = Object.keys(stage.outputs).map((name, index) =>
    [name, flagValue(parsed, index === 0 ? "output" : name)] as const
  );
  return Object.fromEntries(given);
}

function flagValue(parsed: Command, flag: string): string | undefined {
  const option = parsed.options.find(({ long }) =>
    long === `--${flagName(flag)}`
  );
  return parsed.getOptionValue(option!.attributeName());
}

function tell(
  { stage, outputs }: PlannedStep,
  { state, why, summary = {} }: StepResult,
  { host, json }: { host: StageHost; json: boolean },
): void {
  const targets = Object.entries(outputs);
  const paths = targets.filter(([, target]) => typeof target === "string");
  if (json) {
    const files = Object.fromEntries(paths);
    const result = { stage: stage.name, state, why, outputs: files, summary };
    return host.print(JSON.stringify(result, null, 2));
  }
  const piped = paths.length < targets.length;
  for (const line of summaryLines(summary)) {
    if (piped) host.log.info(line);
    else host.print(line);
  }
}
