import { join } from "node:path";
import { openArtifact, UserError } from "../../artifact/mod.ts";
import { isRemoteWord } from "../../official/mod.ts";
import {
  type CommandContext,
  createLogger,
  type Plan,
  type PlannedStep,
  runPlan,
} from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { generatorOf, readArConfig } from "../models/mod.ts";
import { numbersOf } from "../options/mod.ts";
import type { AxisLists } from "./axes.ts";
import { bestLine, describeSweep, placeWords } from "./describe.ts";
import { pageStage } from "./page_stage.ts";
import type { PointOptions } from "./point_options.ts";
import { pointStage } from "./point_stage.ts";
import {
  type Axes,
  axesOf,
  type Point,
  pointsOf,
  variedAxes,
} from "./points.ts";
import { figureNames, readResult } from "./results.ts";

/** What a user asks for. */
export interface SweepOptions
  extends AxisLists, Omit<PointOptions, "sampling"> {
  readonly model?: string | undefined;
  readonly ar?: string | undefined;
  readonly svae?: string | undefined;
  readonly reference: string;
  readonly network: string;
  /** Folder of the sweep. */
  readonly output: string;
  readonly preset?: string | undefined;
  readonly keepImages: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
}

type SweepContext = CommandContext<SweepOptions>;

/**
 * Samples and measures the points of a sweep that are not there yet, then writes
 * what all of them show.
 *
 * @throws {UserError} where lists, files and models do not fit
 */
export async function runSweep(context: SweepContext): Promise<void> {
  const { options, share, log } = context;
  const { output: folder, force, dryRun } = options;
  const inputs = await generatorPaths(context);
  const numbers = await otherNumbers(inputs, options);
  const axes = axesOf(options, { ...numbers, seed: 0 });
  const points = pointsOf(axes);
  const steps = pointSteps(points, {
    context,
    axes,
    numbers,
    inputs: {
      ...inputs,
      reference: options.reference,
      network: options.network,
    },
  });
  const plan = { folder, steps };
  const results = await runPlan(plan, context, { force, dryRun });
  if (dryRun) {
    if (context.json) context.print(JSON.stringify({ folder, results }));
    return;
  }
  const missing = await missingPoints(plan, context);
  if (missing > 0) {
    log.info(
      `${missing} points of other ranks are missing; the last to finish ` +
        "writes the page",
    );
    return;
  }
  const page = pageStep(folder, { axes, points, share });
  await runPlan({ folder, steps: [page] }, context, { force });
  await tell(folder, { axes, points, context });
}

/** Paths of the models: names of official ones stand for them. */
async function generatorPaths(
  { options: { model, ar, svae, dryRun }, remoteFiles }: SweepContext,
): Promise<Readonly<Record<string, string>>> {
  const given = Object.entries({ model, ar, svae });
  const paths: [string, string][] = [];
  for (const [name, word] of given) {
    if (word === undefined) continue;
    if (!isRemoteWord(word)) {
      paths.push([name, word]);
      continue;
    }
    const files = await remoteFiles();
    const kinds = ["model", "ar", "svae"] as const;
    const path = dryRun
      ? await files.artifactHere(word, kinds)
      : await files.artifact(word, kinds);
    if (path === undefined) {
      throw new UserError(
        `Cannot say what would run: "${word}" is not here, which "spherear ` +
          'fetch" gets',
      );
    }
    paths.push([name, path]);
  }
  return Object.fromEntries(paths);
}

/** The numbers that no axis is given for: the preset's, else the model's own. */
async function otherNumbers(
  paths: Readonly<Record<string, string>>,
  { preset }: SweepOptions,
): Promise<Sampling> {
  using opened = new DisposableStack();
  const open = async (name: string) => {
    const path = paths[name];
    if (path === undefined) return undefined;
    const reader = await openArtifact(path);
    opened.defer(() => reader.close());
    return reader;
  };
  const files = generatorOf({
    model: await open("model"),
    ar: await open("ar"),
    svae: await open("svae"),
  });
  return (await numbersOf(readArConfig(files.ar), { preset })).numbers;
}

function pointSteps(
  points: readonly Point[],
  { context: { options, share }, axes, numbers, inputs }: {
    readonly context: SweepContext;
    readonly axes: Axes;
    readonly numbers: Sampling;
    readonly inputs: Readonly<Record<string, string>>;
  },
): readonly PlannedStep[] {
  const { output: folder, keepImages } = options;
  const stage = pointStage(folder);
  const varied = variedAxes(axes);
  return points.map((point) => ({
    id: placeWords(point, varied),
    stage,
    options: { ...pointOptions(point, { options, numbers }) },
    seed: point.seed,
    inputs,
    outputs: {
      metrics: metricsPath(folder, point),
      ...keepImages && { samples: join(folder, "images", point.name, "/") },
    },
    after: [],
    ...share && { share },
  }));
}

function metricsPath(folder: string, { name }: Point): string {
  return join(folder, "points", `${name}.safetensors`);
}

/** All that a point depends on besides its seed and files, and nothing else. */
function pointOptions(
  { cfg, steps, cfgSchedule, solver }: Point,
  { options, numbers }: {
    readonly options: SweepOptions;
    readonly numbers: Sampling;
  },
): PointOptions {
  const { classes = "balanced", count, metrics } = options;
  const { batch, weightsDtype, ci, repeats, neighbours, lookBatch } = options;
  return {
    sampling: { ...numbers, cfg, steps, cfgSchedule, solver },
    classes,
    ...count !== undefined && { count },
    ...metrics !== undefined && { metrics },
    ...{ batch, weightsDtype, ci, repeats, neighbours, lookBatch },
  };
}

/** How many points other processes are to do yet. */
async function missingPoints(
  plan: Plan,
  context: SweepContext,
): Promise<number> {
  if ((context.share?.world ?? 1) === 1) return 0;
  const log = createLogger({ write: () => {} });
  const results = await runPlan(plan, { ...context, log }, { dryRun: true });
  return results.filter(({ state }) => state === "would run").length;
}

function pageStep(
  folder: string,
  { axes, points, share }: {
    readonly axes: Axes;
    readonly points: readonly Point[];
    readonly share: PlannedStep["share"];
  },
): PlannedStep {
  return {
    id: "page",
    stage: pageStage(points),
    options: { axes },
    seed: 0,
    inputs: Object.fromEntries(
      points.map((point) => [point.name, metricsPath(folder, point)]),
    ),
    outputs: {
      json: join(folder, "sweep.json"),
      html: join(folder, "sweep.html"),
    },
    after: [],
    ...share && { share },
  };
}

/** Shows what the points say: a table, and the best ones. */
async function tell(
  folder: string,
  { axes, points, context }: {
    readonly axes: Axes;
    readonly points: readonly Point[];
    readonly context: SweepContext;
  },
): Promise<void> {
  const { log, json, print } = context;
  const results = await Promise.all(points.map(async (point) => {
    const reader = await openArtifact(metricsPath(folder, point), "metrics");
    reader.close();
    return readResult(reader, point);
  }));
  for (const line of describeSweep(results)) log.info(line);
  if (json) {
    const text = await Deno.readTextFile(join(folder, "sweep.json"));
    return print(text.trimEnd());
  }
  const varied = variedAxes(axes);
  for (const name of figureNames(results)) {
    print(bestLine(results, { name, varied }));
  }
  print(join(folder, "sweep.html"));
}
