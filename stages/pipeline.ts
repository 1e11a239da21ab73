import { z } from "zod";
import {
  type CommandContext,
  defineCommand,
  type Plan,
  type Stage,
  type StepResult,
} from "../lib/pipeline/mod.ts";
import { PRESET_NAMES } from "../lib/preset/mod.ts";
import { PRESET_RUN_OPTIONS } from "../lib/workflow/options/mod.ts";

/** Runs a preset or a pipeline file, doing only what is not done yet. */
export const command = defineCommand({
  name: "pipeline",
  summary:
    "Run every stage of a preset or a pipeline file that is not done yet",
  examples: [{
    does: "prepare, train, sample, measure and report the tiny preset",
    args: "",
  }, {
    does: "the same with a wider S-VAE, in a folder of its own",
    args: "tiny --set vae.z_channels=256 --folder runs/wide",
  }, {
    does: "a preset's pipeline as a file to change",
    args: "tiny --print",
  }, {
    does: "the same, each stage that can be shared by eight processes",
    args: '--launch "mpirun -n 8"',
  }, {
    does: "what training SphereAR-B on ImageNet takes on this machine",
    args: "--preset imagenet256-b --data ILSVRC2012_img_train.tar --dry-run",
  }, {
    does: "a pipeline file of yours: first say what would run",
    args: "mine.toml --dry-run",
  }],
  arguments: [{
    name: "file",
    help: "pipeline file (TOML), or a preset; --preset where it is left out",
    choices: PRESET_NAMES,
    optional: true,
  }],
  options: z.object({
    ...PRESET_RUN_OPTIONS,
    folder: z.string().optional()
      .describe("run folder (default runs/PRESET, or as the file says)"),
    dryRun: z.boolean().default(false)
      .describe("only say what would run, and why"),
    force: z.boolean().default(false)
      .describe("run even what is done, and replace what others made"),
    print: z.boolean().default(false)
      .describe("write the pipeline as a TOML file, and run nothing"),
    keep: z.boolean().default(false)
      .describe("refuse to replace an output that changed"),
    launch: z.string().regex(/\S/).optional().describe(
      'command that starts the stages that processes can share, such as "mpirun -n 8"',
    ),
    only: z.string().optional()
      .describe("run this one stage, for which all others are done"),
  }),
  together: true,
  async run(context) {
    const { pipelineText, planPipeline, summaryLines } = await import(
      "../lib/pipeline/mod.ts"
    );
    const { chosenPipeline, runSpread } = await import(
      "../lib/workflow/pipeline/mod.ts"
    );
    const { args: [file], options, print, loadStage } = context;
    const { print: printed, force, keep, launch, only, ...given } = options;
    const { seed } = context;
    const { folder, dryRun } = given;
    const spec = await chosenPipeline(file, { ...given, seed });
    const placed = { ...spec, folder: folder ?? spec.folder };
    const plan = await planPipeline(
      placed,
      (uses) => lookUp(uses, { base: spec.base, loadStage }),
    );
    if (printed) {
      print(pipelineText(placed, { place: "." }).trimEnd());
      return 0;
    }
    const running = { force, keep, dryRun, launch, only };
    const results = await runSpread(plan, context, running);
    const isLeft = results.some(({ state }) => state === "would run");
    if (isLeft) await tellForecast(plan, results, context);
    else if (context.json) {
      print(JSON.stringify({ folder: plan.folder, results }));
    } else {
      for (const { id, summary = {} } of results) {
        for (const line of summaryLines(summary)) print(`${id}  ${line}`);
      }
    }
    return 0;
  },
});

/** Says what the steps take that would run. */
async function tellForecast(
  plan: Plan,
  results: readonly StepResult[],
  { engine: open, json, print }: CommandContext,
): Promise<void> {
  const { forecastLines, forecastPlan } = await import(
    "../lib/workflow/forecast/mod.ts"
  );
  const engine = await open();
  const forecast = await forecastPlan(plan, results, engine);
  const { folder } = plan;
  if (json) print(JSON.stringify({ folder, results, forecast }));
  else print(forecastLines(forecast, engine.description).join("\n"));
}

async function lookUp(
  uses: string,
  { base, loadStage }: { base: string } & Pick<CommandContext, "loadStage">,
): Promise<Stage | undefined> {
  if (!/[\\/]|\.[jt]s$/.test(uses)) return await loadStage(uses);
  const { loadUserStage } = await import("../lib/workflow/pipeline/mod.ts");
  return await loadUserStage(uses, base);
}
