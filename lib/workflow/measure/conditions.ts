import type { JsonRecord } from "../../artifact/mod.ts";

/** What of a sampling stands beside every figure of its images. */
const SHOWN = ["cfg", "cfgSchedule", "steps", "solver"] as const;

/** Stages that draw samples. */
const DRAWING: readonly unknown[] = ["sample", "sweep"];

/**
 * How samples were drawn, by the recipe of their artifact or of the images that
 * features were taken of; empty where that is not known.
 */
export function conditionsOf(said: JsonRecord): JsonRecord {
  const recipe = recordIn(said, "recipe") ??
    recordIn(recordIn(said, "images"), "recipe");
  if (recipe === undefined || !DRAWING.includes(recipe["stage"])) return {};
  const options = recordIn(recipe, "options") ?? {};
  const sampling = recordIn(options, "sampling") ?? {};
  const shown = SHOWN.filter((key) => sampling[key] !== undefined)
    .map((key) => [key, sampling[key]] as const);
  return {
    ...Object.fromEntries(shown),
    classes: options["classes"],
    seed: recipe["seed"],
    ...options["untrained"] === true && { untrained: true },
  };
}

function recordIn(
  value: JsonRecord | undefined,
  key: string,
): JsonRecord | undefined {
  const found = value?.[key];
  const isRecord = typeof found === "object" && found !== null &&
    !Array.isArray(found);
  return isRecord ? found as JsonRecord : undefined;
}
