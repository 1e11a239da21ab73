import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import {
  type KnownMoments,
  type MetricName,
  metricOf,
  PerceptualDistances,
} from "../../metric/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import { readPerceptual } from "../models/mod.ts";
import type { Shards } from "../pieces/mod.ts";
import { countRepeats, refuseUnlike } from "./checks.ts";
import { type Evaluated, evaluatedContent, type SetResult } from "./content.ts";
import { describeEvaluated } from "./describe.ts";
import {
  measurable,
  type MeasuredPair,
  measureFigures,
  subjectOf,
} from "./figures.ts";
import {
  type MeasuredSet,
  momentTensors,
  openMeasured,
} from "./measured_set.ts";
import { chosenPairs, measurePairs, type PairFigures } from "./pairs.ts";

/** What evaluate is given. */
export interface Evaluation extends
  Pick<
    StageContext,
    "progress" | "signal" | "scratch" | "share" | "log" | "engine" | "seed"
  > {
  readonly inputs: {
    readonly samples: ArtifactReader | undefined;
    readonly reconstructions: ArtifactReader | undefined;
    readonly reference: ArtifactReader;
    readonly network: ArtifactReader | undefined;
    readonly perceptual: ArtifactReader | undefined;
  };
  readonly outputs: {
    readonly metrics: OutputSlot | undefined;
    readonly statistics: OutputSlot | undefined;
  };
  readonly options: {
    readonly metrics?: readonly MetricName[] | undefined;
    readonly ci: boolean;
    readonly repeats: boolean;
    readonly neighbours: number;
    readonly batch: number;
  };
  /** Moments of the reference that are known; new ones are added. */
  readonly knownMoments?: KnownMoments | undefined;
}

/**
 * Measures samples, reconstructions or both by a reference.
 *
 * @throws {UserError} where sets do not fit each other, or a figure that is
 *   asked for cannot be measured
 */
export async function runEvaluate(
  evaluation: Evaluation,
): Promise<StageSummary> {
  const { inputs, outputs, options, share, log } = evaluation;
  const given = checkEvaluation(evaluation);
  using opened = new DisposableStack();
  const openSet = async (
    role: Role | "reference",
    { reader, size }: {
      readonly reader: ArtifactReader;
      readonly size?: number | undefined;
    },
  ) => {
    const set = await open(evaluation, { role, reader, size });
    opened.defer(() => set.pixels?.[Symbol.dispose]());
    return set;
  };
  const sets: [Role, MeasuredSet][] = [];
  for (const [role, reader] of given) {
    sets.push([role, await openSet(role, { reader })]);
  }
  // Pictures of different sizes are cut to what they are compared with.
  const size = sets[0]![1].size?.[0];
  const reference = await openSet("reference", {
    reader: inputs.reference,
    size,
  });
  const all = [...sets.map(([, set]) => set), reference];
  using turn = await claimTurn(all, { share, log });
  if (turn === undefined) return { waits: "for other ranks" };
  const results: Record<string, SetResult> = {};
  for (const [role, measured] of sets) {
    const pair = { samples: measured, reference };
    refuseUnlike(pair);
    results[role] = await measureRole(role, pair, evaluation);
  }
  const { neighbours } = options;
  const { precision } = await evaluation.engine();
  const evaluated: Evaluated = {
    reference,
    results,
    neighbours,
    ...precision !== undefined && { precision },
  };
  tellDifferences(evaluated, log);
  for (const line of describeEvaluated(evaluated)) log.info(line);
  const content = evaluatedContent(evaluated);
  await outputs.metrics?.write(content);
  await writeStatistics(outputs.statistics, reference);
  // Other ranks who find all there would measure while pieces are taken away.
  if (share.world > 1) await piecesOf(all)[0]?.spend();
  return content.config;
}

type Role = "samples" | "reconstructions";

/** Says aloud what makes figures differ from those that are published. */
function tellDifferences(
  { reference, results }: Evaluated,
  log: Evaluation["log"],
): void {
  const sets = Object.values(results).map(({ measured }) => measured);
  for (const { set, origin, said } of [...sets, reference]) {
    const name = `"${set.source.name}"`;
    if (origin?.resizedTo !== undefined) {
      log.warn(
        `Pictures of ${name} were resized to ${origin.resizedTo} pixels: names ` +
          "of figures say so",
      );
    }
    if (said["skipped"] !== undefined) {
      log.warn(`Skipped of ${name}: ${said["skipped"]}`);
    }
  }
  for (const { set, origin } of sets) {
    if (origin === undefined || origin.lossy.length === 0) continue;
    log.warn(
      `Pictures of "${set.source.name}" lost something as ` +
        `${origin.lossy.join(" and ")}: names of figures say so`,
    );
  }
}

/**
 * The sets that are given to be measured.
 *
 * @throws {UserError} where there are none, or a figure is asked for of another
 */
export function checkEvaluation(
  { inputs, options }: Pick<Evaluation, "inputs" | "options">,
): (readonly [Role, ArtifactReader])[] {
  const roles = {
    samples: inputs.samples,
    reconstructions: inputs.reconstructions,
  };
  const given = Object.entries(roles).flatMap(([role, reader]) =>
    reader === undefined ? [] : [[role as Role, reader] as const]
  );
  if (given.length === 0) {
    throw new UserError(
      "Cannot evaluate nothing: give --samples, --reconstructions or both",
    );
  }
  refuseUngiven(options.metrics, given.map(([role]) => role));
  return given;
}

/**
 * The turn of the process that measures: the one that finds the features of all
 * ranks there. Where none are taken, it is the first.
 *
 * @returns undefined for the others
 */
async function claimTurn(
  sets: readonly MeasuredSet[],
  { share: { rank, world }, log }: Pick<Evaluation, "share" | "log">,
): Promise<Disposable | undefined> {
  const pieces = piecesOf(sets);
  const [first] = pieces;
  const alone = { [Symbol.dispose]() {} };
  if (world === 1) return alone;
  if (first === undefined) return rank === 0 ? alone : undefined;
  let missing = 0;
  for (const shards of pieces) missing += (await shards.missing()).length;
  const claim = missing === 0 ? await first.claim() : undefined;
  if (claim === undefined) {
    log.info(
      missing > 0
        ? `${missing} pieces of other ranks are missing; the last to finish ` +
          "measures"
        : "Another rank measures",
    );
  }
  return claim;
}

/** Features of the sets that ranks take together. */
function piecesOf(sets: readonly MeasuredSet[]): Shards[] {
  return sets.flatMap(({ pieces }) => pieces ?? []);
}

/** @throws {UserError} where a figure is asked for of a set that is not given */
function refuseUngiven(
  asked: readonly MetricName[] | undefined,
  given: readonly Role[],
): void {
  for (const name of asked ?? []) {
    const metric = metricOf(name);
    const role = metric.of === "pairs" ? "reconstructions" : metric.set;
    if (given.includes(role)) continue;
    throw new UserError(`Cannot measure ${name}: give --${role} FILE`);
  }
}

function open(
  { inputs, options, knownMoments, ...tools }: Evaluation,
  { role, reader, size }: {
    readonly role: Role | "reference";
    readonly reader: ArtifactReader;
    readonly size: number | undefined;
  },
): Promise<MeasuredSet> {
  const { progress, signal, scratch, share, log, engine } = tools;
  return openMeasured(reader, {
    role,
    known: role === "reference" ? knownMoments : undefined,
    size,
    network: inputs.network,
    batch: options.batch,
    ...{ progress, signal, scratch, share, log, engine },
  });
}

async function measureRole(
  role: Role,
  pair: MeasuredPair,
  evaluation: Evaluation,
): Promise<SetResult> {
  const { options, seed, engine, progress, signal } = evaluation;
  const { samples: measured, reference } = pair;
  const pairs = role === "reconstructions"
    ? await comparePairs(pair, evaluation)
    : undefined;
  const chosen = measurable(options.metrics, {
    ...pair,
    role,
    optional: pairs !== undefined,
  });
  const repeats = role === "samples"
    ? await countRepeats(measured, {
      figures: chosen,
      allowed: options.repeats,
    })
    : undefined;
  const subject = subjectOf(
    { samples: measured.set, reference: reference.set },
    {
      engine: await engine(),
      seed,
      neighbours: options.neighbours,
      signal,
    },
  );
  const task = progress.start({
    label: role,
    total: chosen.length,
    unit: "figure",
  });
  const figures = await measureFigures(chosen.map(([name]) => name), subject, {
    intervals: options.ci,
    onFigure: (name) => task.advance(1, name),
  });
  task.finish();
  return {
    measured,
    figures,
    ...pairs && { pairs },
    ...repeats !== undefined && { repeats },
  };
}

/** Reconstructions beside the images of the reference, where both are given. */
async function comparePairs(
  { samples, reference }: MeasuredPair,
  { inputs, options, engine, progress, signal }: Evaluation,
): Promise<PairFigures | undefined> {
  const [images, originals] = [samples.pixels, reference.pixels];
  const { perceptual: file } = inputs;
  const names = chosenPairs(options.metrics, {
    hasNetwork: file !== undefined,
  });
  if (names.length === 0) return undefined;
  if (images === undefined || originals === undefined) {
    if (options.metrics === undefined) return undefined;
    const { name } = (images === undefined ? samples : reference).set.source;
    throw new UserError(`Cannot measure ${names[0]}: "${name}" has no images`);
  }
  const perceptual = file === undefined
    ? undefined
    : await PerceptualDistances.create(await engine(), {
      ...await readPerceptual(file, {
        network: "vgg16-lpips",
        imageSize: Math.min(images.height, images.width),
      }),
      height: images.height,
      width: images.width,
      batch: options.batch,
    });
  try {
    const tools = perceptual === undefined ? {} : { perceptual };
    return await measurePairs(
      { images, originals },
      { names, tools, progress, signal },
    );
  } finally {
    perceptual?.dispose();
  }
}

/** Keeps the moments of a reference, which later runs take in its place. */
async function writeStatistics(
  slot: OutputSlot | undefined,
  { set, network, weights, size, said }: MeasuredSet,
): Promise<void> {
  if (slot === undefined) return;
  const moments = await set.allMoments();
  if (moments.length === 0) {
    throw new UserError(
      `Cannot keep statistics of "${set.source.name}": no figure took any`,
    );
  }
  const [height, width] = size ?? [];
  await slot.write({
    tensors: Object.assign(
      {},
      ...moments.map(([name, value]) => momentTensors(name, value)),
    ),
    config: {
      form: network,
      ...Number.isFinite(set.count) && { images: set.count },
      ...weights !== undefined && { weights },
      ...height !== undefined && { height, width },
      source: said,
    },
  });
}
