import { canonicalJson, type JsonRecord } from "../artifact/mod.ts";
import type { Engine } from "../tensor/engine.ts";

/** What an output was made by; two equal recipes give equal bytes. */
export interface Recipe {
  /** Name of the stage. */
  readonly stage: string;
  /** Version of the stage. */
  readonly version: number;
  /** Options after checking, defaults filled in. */
  readonly options: JsonRecord;
  /** Seed of the run. */
  readonly seed: number;
  /** What the outputs depend on besides options and inputs, if anything. */
  readonly fingerprint?: string;
  /** SHA-256 of each input by its name. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** A recipe as an artifact's metadata holds it. */
export interface RecipeMetadata {
  /** Stage, version, options, seed, fingerprint, and the engine that was used. */
  readonly recipe: JsonRecord;
  /** Digests of the inputs by name. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** An engine as recipes name it, such as `webgpu f16` where it is not exact. */
export function engineLabel(
  { name, precision }: Pick<Engine, "name" | "precision">,
): string {
  return precision === undefined ? name : `${name} ${precision}`;
}

/** The metadata of an output. The engine is recorded but is no part of the recipe. */
export function recipeMetadata(
  recipe: Recipe,
  engine: string | undefined,
): RecipeMetadata {
  const { inputs, ...rest } = recipe;
  return { recipe: { ...rest, engine: engine ?? "none" }, inputs };
}

/**
 * Says in words why an output does not match a recipe.
 *
 * @returns `undefined` where it matches
 */
export function recipeDifference(
  recipe: Recipe,
  found: Partial<RecipeMetadata>,
): string | undefined {
  const { recipe: old, inputs = {} } = found;
  if (old === undefined) return "it has no recipe";
  if (old.stage !== recipe.stage) return `stage "${old.stage}" made it`;
  if (old.version !== recipe.version) {
    return `stage version ${old.version} is now ${recipe.version}`;
  }
  if (old.seed !== recipe.seed) return `seed ${old.seed} is now ${recipe.seed}`;
  const option = changedOption(old.options, recipe.options);
  if (option !== undefined) return `option ${option}`;
  if (old.fingerprint !== recipe.fingerprint) return "what it reads changed";
  const input = changedKey(inputs, recipe.inputs);
  return input === undefined ? undefined : `input ${input} changed`;
}

/**
 * The recipe with those options of another one that some dotted paths name, such
 * as `training.steps`.
 */
export function withOptionsOf(
  recipe: Recipe,
  { recipe: found }: Partial<RecipeMetadata>,
  paths: readonly string[],
): Recipe {
  const options = paths.reduce(
    (options, path) => withValueOf(options, found?.options, path.split(".")),
    recipe.options,
  );
  return { ...recipe, options };
}

function withValueOf(
  options: JsonRecord,
  found: unknown,
  [key, ...rest]: readonly string[],
): JsonRecord {
  const [now, before] = [options[key!], isRecord(found) ? found[key!] : found];
  if (rest.length === 0) return { ...options, [key!]: before };
  return isRecord(now)
    ? { ...options, [key!]: withValueOf(now, before, rest) }
    : options;
}

/** The first option that differs, with both values: `training.steps 10 is now 20`. */
function changedOption(old: unknown, now: unknown): string | undefined {
  const before = isRecord(old) ? old : {};
  const after = isRecord(now) ? now : {};
  const key = changedKey(before, after);
  if (key === undefined) return undefined;
  const [from, to] = [before[key], after[key]];
  if (isRecord(from) && isRecord(to)) {
    return `${key}.${changedOption(from, to)}`;
  }
  return `${key} ${brief(from)} is now ${brief(to)}`;
}

/** The first key whose value differs. */
function changedKey(old: JsonRecord, now: JsonRecord): string | undefined {
  const keys = [...Object.keys(now), ...Object.keys(old)];
  return keys.find((key) => shown(old[key]) !== shown(now[key]));
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value);
}

/** A value for a message, cut where it is long. */
function brief(value: unknown): string {
  const text = shown(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
