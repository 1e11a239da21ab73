import { join } from "node:path";
import {
  type ArtifactReader,
  canonicalJson,
  createSharded,
  digestBytes,
  openArtifact,
} from "../../artifact/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import type { KnownMoments } from "../../metric/mod.ts";
import { runEvaluate } from "../measure/mod.ts";
import { linkShards } from "../pieces/mod.ts";
import {
  type FinishedRun,
  planSamples,
  type SampleOptions,
  type SamplePlan,
  sampleThen,
} from "../sample/mod.ts";
import { checkMeasuring } from "./fit.ts";
import type { PointOptions } from "./point_options.ts";

/** Who made a point, as its recipe says it. */
export const POINT_STAGE = "sweep";

/** No file of samples but the one that is measured. */
const NO_FILES = {
  samples: undefined,
  npz: undefined,
  png: undefined,
  grid: undefined,
  trace: undefined,
} as const;

/** The models of a point. */
type Models = Readonly<
  Record<"model" | "ar" | "svae", ArtifactReader | undefined>
>;

/** A run of a point's step. */
interface PointContext
  extends Omit<StageContext<PointOptions>, "inputs" | "outputs"> {
  readonly inputs:
    & Models
    & Readonly<Record<"reference" | "network", ArtifactReader>>;
  readonly outputs: {
    readonly metrics: OutputSlot;
    readonly samples: OutputSlot | undefined;
  };
}

/**
 * What a point samples, with what.
 *
 * @throws {UserError} where that could not be sampled, or not be measured
 */
export async function planPoint(
  { inputs, options, seed }: Pick<PointContext, "inputs" | "options" | "seed">,
): Promise<SamplePlan> {
  const { reference, network, ...models } = inputs;
  const plan = await planSamples({
    inputs: { ...models, like: undefined },
    options: samplingOf(options),
    seed,
  });
  const { image_size: size } = plan.generator.vae.config;
  const { metrics } = options;
  await checkMeasuring({ reference, network, metrics, size });
  return plan;
}

/** The options of stage `sample` for the same images. */
export function samplingOf(
  { sampling, classes, count, batch, weightsDtype }: PointOptions,
): SampleOptions {
  const images = { classes, count, batch, weightsDtype, untrained: false };
  return { ...sampling, ...images };
}

/** Moments of references, by where their features are kept. */
export type KnownReferences = Map<string, KnownMoments>;

/** What the points of a sweep share. */
export interface SweepPlace {
  /** Where features of the reference are kept. */
  readonly folder: string;
  /** What one process knows of it. */
  readonly references: KnownReferences;
}

/** Samples a point's images and measures them. */
export async function runPoint(
  context: PointContext,
  place: SweepPlace,
): Promise<StageSummary> {
  const plan = await planPoint(context);
  const sampling = { ...context, outputs: NO_FILES };
  return await sampleThen(sampling, plan, async (finished) => {
    const samples = await writeSamples(finished, context);
    try {
      await measurePoint(samples, { context, place, size: finished.size });
    } finally {
      samples.close();
    }
  });
}

async function measurePoint(
  samples: ArtifactReader,
  { context, place: { folder, references }, size }: {
    readonly context: PointContext;
    readonly place: SweepPlace;
    /** Height and width of the images. */
    readonly size: number;
  },
): Promise<void> {
  const { inputs: { reference, network }, outputs, options } = context;
  const kept = await referencePlace(folder, { ...context, size });
  const knownMoments: KnownMoments = references.get(kept) ?? new Map();
  references.set(kept, knownMoments);
  await runEvaluate({
    ...context,
    knownMoments,
    // Who has joined the images measures them, while others sample the next.
    share: { rank: 0, world: 1 },
    inputs: {
      samples,
      reconstructions: undefined,
      reference,
      network,
      perceptual: undefined,
    },
    outputs: { metrics: outputs.metrics, statistics: undefined },
    options: { ...options, batch: options.lookBatch },
    scratch: (name) =>
      name.startsWith(`${REFERENCE}/`)
        ? join(kept, name)
        : context.scratch(name),
  });
}

/** The part of a piece's name under which evaluate keeps those of a reference. */
const REFERENCE = "reference";

/**
 * Where features of a reference are, for all points: by the digests of what they
 * are made of.
 */
async function referencePlace(
  folder: string,
  { inputs: { reference, network }, options, size }:
    & Pick<PointContext, "inputs" | "options">
    // What encoded images are cut to.
    & { readonly size: number },
): Promise<string> {
  const made = canonicalJson({
    reference: await reference.digest(),
    network: await network.digest(),
    batch: options.lookBatch,
    size,
  });
  const name = `reference-${digestBytes(made).slice(0, 12)}`;
  return join(folder, ".spherear", name);
}

/**
 * Makes the finished batches one artifact, by links to their files, and opens it:
 * where it is asked for, else among what goes away with the step.
 */
async function writeSamples(
  { batches: shards, config }: FinishedRun,
  { outputs: { samples }, options, seed, scratch }: PointContext,
): Promise<ArtifactReader> {
  const place = samples?.path ?? scratch("samples");
  const recipe = { stage: POINT_STAGE, options, seed };
  const target: Pick<OutputSlot, "createShards"> = samples ?? {
    createShards: ({ tensors }) =>
      createSharded(place, { kind: "samples", tensors, config, recipe }),
  };
  await linkShards(target, { shards, whole: {}, config });
  return await openArtifact(place, "samples");
}
