import { z } from "zod";
import {
  type JsonRecord,
  parseJson,
  readTextFile,
  UserError,
} from "../../artifact/mod.ts";
import type { WeightFile } from "../../interop/mod.ts";
import { issueLine, type Logger } from "../../pipeline/mod.ts";
import { type BackboneName, BACKBONES } from "../../model/mod.ts";
import { BACKBONE, openVae } from "../../preset/checked.ts";
import { openAr } from "../models/mod.ts";

/** Sizes of every backbone, beside the AR model's. */
const SIZES = z.object({
  ...openVae(...Object.keys(BACKBONES) as BackboneName[]).shape,
  ...openAr().shape,
  backbone: BACKBONE.unwrap().optional(),
  classes: z.array(z.string()).optional(),
});

/** Sizes of either model that a person gives, by the release's names. */
export type GivenSizes =
  & Partial<z.infer<ReturnType<typeof openAr>>>
  & {
    readonly backbone?: BackboneName | undefined;
    /** Names of the classes. */
    readonly classes?: readonly string[] | undefined;
    readonly image_size?: number;
    readonly patch_size?: number;
    readonly [size: string]: unknown;
  };

/** Keys below which recordings have the sizes of each model. */
const HALVES = ["ar", "vae"];

/** Largest file of sizes. */
const MAX_BYTES = 1_000_000;

/**
 * Reads sizes from a JSON file: flat, or below `ar` and `vae` as recordings
 * have them. Other keys are left alone, which a warning says.
 *
 * @throws {UserError} naming the file, the key, what was expected and what was found
 */
export async function readSizes(
  path: string,
  log: Pick<Logger, "warn">,
): Promise<GivenSizes> {
  const text = await readTextFile(path, { maxBytes: MAX_BYTES });
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const detail = (error as Error).message.split("\n")[0];
    throw new UserError(`Cannot read "${path}": it is not JSON: ${detail}`);
  }
  return sizesFrom(value, { name: path, log });
}

/**
 * The sizes that a file of weights has beside them, as `export` writes them:
 * below `ar` or `vae`. Other data is somebody else's.
 *
 * @throws {UserError} naming the file, the key, what was expected and what was found
 */
export function carriedSizes(
  { name, args }: Pick<WeightFile, "name" | "args">,
  log: Pick<Logger, "warn">,
): GivenSizes {
  const isOurs = typeof args === "object" && args !== null &&
    HALVES.some((key) => Object.hasOwn(args, key));
  return isOurs ? sizesFrom(args, { name, log }) : {};
}

/** Checks sizes that a file, called by its name, says. */
function sizesFrom(
  value: unknown,
  { name, log }: { name: string; log: Pick<Logger, "warn"> },
): GivenSizes {
  const fail = (detail: string) =>
    new UserError(`Cannot use "${name}": ${detail}`);
  const given = flat(value, fail);
  const parsed = SIZES.safeParse(given);
  if (!parsed.success) {
    throw fail(issueLine(parsed.error, given, { under: [] }));
  }
  const known = Object.keys(SIZES.shape);
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    const [first] = unknown;
    const more = unknown.length > 1 ? ` and ${unknown.length - 1} more` : "";
    log.warn(
      `"${name}": ${JSON.stringify(first)}${more}: no size of a model, left ` +
        "alone",
    );
  }
  return { ...gridOf(parsed.data, fail), ...parsed.data };
}

type Fail = (detail: string) => UserError;

/** The keys of an object and of its halves, beside each other. */
function flat(value: unknown, fail: Fail): JsonRecord {
  const top = recordOf(value, "", fail);
  const halves = HALVES.filter((key) => key in top)
    .map((key) => recordOf(top[key], `${key}: `, fail));
  const own = Object.entries(top).filter(([key]) => !HALVES.includes(key));
  return Object.assign(Object.fromEntries(own), ...halves) as JsonRecord;
}

function recordOf(value: unknown, where: string, fail: Fail): JsonRecord {
  const isRecord = typeof value === "object" && value !== null &&
    !Array.isArray(value);
  if (isRecord) return value as JsonRecord;
  const found = Array.isArray(value) ? "an array" : JSON.stringify(value);
  throw fail(`${where}expected an object of sizes, found ${found}`);
}

/** Tokens along an axis, where the sizes of images and tokens are given. */
function gridOf(
  { image_size, patch_size }: GivenSizes,
  fail: Fail,
): Pick<GivenSizes, "grid"> {
  if (image_size === undefined || patch_size === undefined) return {};
  const grid = image_size / patch_size;
  if (Number.isInteger(grid)) return { grid };
  throw fail(
    `image_size: expected a multiple of patch_size ${patch_size}, found ` +
      image_size,
  );
}
