import { type ArtifactReader, openArtifact } from "../artifact/mod.ts";
import type { Ledger } from "./ledger.ts";
import { RecipeSlot, type SlotOptions } from "./output_slot.ts";
import type { PlannedStep } from "./plan.ts";
import {
  type Recipe,
  recipeDifference,
  recipeMetadata,
  withOptionsOf,
} from "./recipe.ts";
import { refuseReplacing } from "./replacing.ts";
import { isPlain } from "./stage.ts";
import { recordedRecipe } from "./standing.ts";

/** What the outputs of a step need to know of its run. */
interface SlotTools {
  readonly recipe: Recipe;
  readonly ledger: Ledger;
  /** True to make everything again, and to replace what others made. */
  readonly force: boolean;
  /** Name of the engine, once one is open. */
  engine(): string | undefined;
}

/** The outputs of a step, ready to be written. */
export function openSlots(
  { id, stage, outputs }: PlannedStep,
  tools: SlotTools,
): Record<string, RecipeSlot> {
  const slots = Object.entries(outputs).map(([name, target]) => {
    const slot = slotOf({
      name: `output "${name}" of ${id}`,
      target,
      port: stage.outputs[name]!,
    }, tools);
    return [name, slot] as const;
  });
  return Object.fromEntries(slots);
}

/** Where an output goes. */
type Place = Pick<
  SlotOptions,
  "name" | "target" | "port" | "guard" | "noting"
>;

function slotOf(place: Place, tools: SlotTools): RecipeSlot {
  const { recipe: { stage: by }, force, ledger } = tools;
  return new RecipeSlot({
    ...place,
    made: () => recipeMetadata(tools.recipe, tools.engine()),
    open: (paths) => openFormer(place, tools, paths),
    another: (path, port) =>
      slotOf({
        name: `"${path}"`,
        target: path,
        port,
        guard: () => refuseReplacing(path, { by, force, ledger }),
        ...isPlain(port.kind) &&
          { noting: (write) => ledger.noting(path, { by, write }) },
      }, tools),
  });
}

/** Opens an output that is an artifact of this recipe, up to some options. */
async function openFormer(
  { target, port: { kind } }: Place,
  { recipe, ledger, force }: SlotTools,
  paths: readonly string[],
): Promise<ArtifactReader | undefined> {
  if (force || typeof target !== "string" || isPlain(kind)) return undefined;
  const found = await recordedRecipe(target, { kind, ledger });
  if (found === undefined) return undefined;
  const wanted = withOptionsOf(recipe, found, paths);
  if (recipeDifference(wanted, found) !== undefined) return undefined;
  return await openArtifact(target, kind);
}
