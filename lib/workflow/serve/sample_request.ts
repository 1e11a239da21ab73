import { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { SAMPLING_OPTIONS } from "../options/mod.ts";
import { chosenIndices, classesOf, indicesFromZero } from "../sample/mod.ts";

const { classes, count, seeds, steps, solver, cfg, cfgSchedule } =
  SAMPLING_OPTIONS.shape;

/** Characters of a list of classes or numbers. */
const MOST_TEXT = 4096;
/** Entries of a list that is an array. */
const MOST_ENTRIES = 1024;

const TEXT = z.string().min(1).max(MOST_TEXT);

/** Previews of an image at most. */
const MOST_PREVIEWS = 16;

/** What a request for images may say: options of `sample`, and its seed. */
export const SAMPLE_REQUEST = z.strictObject({
  classes: z.union([
    TEXT,
    z.array(z.union([z.int().min(0), TEXT])).min(1).max(MOST_ENTRIES),
  ]).optional().describe(`${classes.description}; also one by one in an array`),
  count: count.describe("images (default: one for each seed or class listed)"),
  seeds: z.union([
    TEXT,
    z.array(z.int().min(0)).min(1).max(MOST_ENTRIES),
  ]).optional().describe(`${seeds.description}; also numbers in an array`),
  seed: z.int().min(0).default(0).describe("seed of every random draw"),
  steps,
  solver,
  cfg,
  cfgSchedule,
  grid: z.boolean().default(false)
    .describe("for a PNG file: all images in one picture, over their classes"),
  tokens: z.boolean().default(false)
    .describe("for JSON and events: what each image is decoded from, too"),
  previews: z.int().min(0).max(MOST_PREVIEWS).default(0).describe(
    "for events: how often an image is shown while it is made, at most",
  ),
});

/** Such a request, checked. */
type SampleRequest = z.infer<typeof SAMPLE_REQUEST>;

/** Images that a client wants. */
export interface WantedImages {
  readonly sampling: Sampling;
  readonly seed: number;
  /** Class of each. */
  readonly classes: Int32Array;
  /** Number of each: with the seed, all that its draws depend on. */
  readonly indices: Uint32Array;
  /** Whether one picture of all is wanted. */
  readonly grid: boolean;
  /** Whether tokens are wanted. */
  readonly tokens: boolean;
  /** How often each image is shown while it is made, at most. */
  readonly previews: number;
}

/** How much one request may ask for. */
export interface RequestLimits {
  /** Images. */
  readonly images: number;
  /** Solver steps of a token. */
  readonly steps: number;
}

/** What requests are read with. */
export interface RequestContext {
  /** Names of the model's classes. */
  readonly names: readonly string[];
  /** What a request means that does not say it. */
  readonly defaults: Sampling;
  readonly limits: RequestLimits;
}

/**
 * The images that a body of JSON asks for.
 *
 * @throws {UserError} naming the key, what was expected and what was found
 */
export function wantedImages(
  body: unknown,
  { names, defaults, limits }: RequestContext,
): WantedImages {
  const parsed = SAMPLE_REQUEST.safeParse(body);
  if (!parsed.success) throw new UserError(refusal(parsed.error, body));
  const { seed, grid, tokens, previews, ...options } = parsed.data;
  const { steps, solver, cfg, cfgSchedule } = options;
  const given = Object.entries({ steps, solver, cfg, cfgSchedule })
    .filter(([, value]) => value !== undefined);
  const sampling = { ...defaults, ...Object.fromEntries(given) };
  checkSteps(sampling, limits);
  const chosen = chosenIndices({
    count: options.count,
    seeds: seedsText(options),
    most: limits.images,
  });
  const length = chosen?.length ?? countOf(options);
  checkCount(length ?? 0, limits);
  const wanted = { classes: options.classes, count: length };
  const context = { names, perClass: 1, seed, indices: chosen };
  const labels = classesOf(wanted, context);
  checkCount(labels.length, limits);
  const indices = chosen ?? indicesFromZero(labels.length);
  const form = { grid, tokens, previews };
  return { sampling, seed, classes: labels, indices, ...form };
}

function refusal(error: z.ZodError, body: unknown): string {
  const line = issueLine(error, body, { under: [] });
  return `Cannot sample: ${line}`;
}

function seedsText({ seeds }: Pick<SampleRequest, "seeds">) {
  return Array.isArray(seeds) ? seeds.join(",") : seeds;
}

/** One image where no class is listed; undefined where each listed one has one. */
function countOf(
  { count, classes }: Pick<SampleRequest, "count" | "classes">,
): number | undefined {
  const isAny = classes === undefined || classes === "balanced" ||
    classes === "uniform";
  return count ?? (isAny ? 1 : undefined);
}

function checkCount(images: number, limits: RequestLimits): void {
  if (images <= limits.images) return;
  throw new UserError(
    `Cannot sample ${images} images for one request: expected at most ` +
      `${limits.images}`,
  );
}

function checkSteps({ steps }: Sampling, limits: RequestLimits): void {
  const most = Math.max(...String(steps).split(":").map(Number));
  if (most <= limits.steps) return;
  throw new UserError(
    `Cannot sample: steps: expected at most ${limits.steps}, found ${steps}`,
  );
}
