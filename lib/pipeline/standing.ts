import {
  type ArtifactKind,
  exists,
  openArtifact,
  UserError,
} from "../artifact/mod.ts";
import { isKept } from "./kept_file.ts";
import type { Ledger } from "./ledger.ts";
import type { PlannedStep } from "./plan.ts";
import {
  type Recipe,
  recipeDifference,
  type RecipeMetadata,
} from "./recipe.ts";
import { isPlain, type OutputKind } from "./stage.ts";

/** What stands in the place of a step's outputs. */
export type Standing =
  /** Every output is there, made by this recipe. */
  | { readonly state: "done" }
  /** Something is missing or made by another recipe of this stage. */
  | { readonly state: "due"; readonly why: string }
  /** An output is no longer what the stage wrote. */
  | { readonly state: "changed"; readonly why: string }
  /** Something is there that this stage did not make. */
  | { readonly state: "foreign"; readonly why: string };

/** The more a state stands in the way, the later it comes. */
const ORDER = ["done", "due", "changed", "foreign"] as const;

/** Whether a path is that of a folder with nothing in it. */
export async function isEmptyFolder(path: string): Promise<boolean> {
  const { isDirectory } = await Deno.stat(path);
  return isDirectory && [...Deno.readDirSync(path)].length === 0;
}

/** What is in the way of a step with a recipe: the worst of its outputs. */
export async function standingOf(
  step: PlannedStep,
  recipe: Recipe,
  ledger: Ledger,
): Promise<Standing> {
  let worst: Standing = { state: "done" };
  const outputs = Object.keys(step.outputs);
  if (outputs.length === 0) return { state: "due", why: "it leaves no file" };
  for (const output of outputs) {
    const found = await standingOfOutput(step, output, { recipe, ledger });
    if (ORDER.indexOf(found.state) > ORDER.indexOf(worst.state)) worst = found;
  }
  return worst;
}

async function standingOfOutput(
  { stage, outputs }: PlannedStep,
  output: string,
  { recipe, ledger }: { recipe: Recipe; ledger: Ledger },
): Promise<Standing> {
  const target = outputs[output]!;
  if (!isKept(target)) {
    return { state: "due", why: "its output goes to a pipe" };
  }
  if (!await exists(target)) {
    return { state: "due", why: `"${target}" is missing` };
  }
  const kind = stage.outputs[output]?.kind;
  const found = await recordedRecipe(target, { kind, ledger });
  const owner = found?.recipe?.stage ?? ledger.ownerOf(target);
  if (
    owner === undefined && (kind === "folder" || await isEmptyFolder(target))
  ) {
    // An empty one may be used; whoever fills it refuses files of others.
    return { state: "due", why: `"${target}" has no recipe` };
  }
  if (owner !== stage.name) {
    const maker = typeof owner === "string" ? `"${owner}"` : "somebody else";
    return { state: "foreign", why: `${maker} made "${target}"` };
  }
  if (found === undefined || await ledger.isChanged(target)) {
    return { state: "changed", why: `"${target}" changed since it was made` };
  }
  const difference = recipeDifference(recipe, found);
  return difference === undefined
    ? { state: "done" }
    : { state: "due", why: difference };
}

/** The recipe of an output that is there; undefined where it has none. */
export async function recordedRecipe(
  path: string,
  { kind, ledger }: { kind: OutputKind | undefined; ledger: Ledger },
): Promise<Partial<RecipeMetadata> | undefined> {
  if (isPlain(kind)) return ledger.recipeOf(path);
  return await artifactRecipe(path, kind);
}

/** The recipe in an artifact; undefined where a file is none of the kind. */
export async function artifactRecipe(
  path: string,
  kind?: ArtifactKind,
): Promise<Partial<RecipeMetadata> | undefined> {
  try {
    const reader = await openArtifact(path, kind);
    reader.close();
    const { recipe, inputs } = reader;
    return { ...(recipe && { recipe }), inputs };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
