import type { JsonRecord } from "../../artifact/mod.ts";

/** What of a sampling stands beside every figure of its images. */
const SHOWN = ["cfg", "cfgSchedule", "steps", "solver"] as const;

/** Stages that draw samples. */
const DRAWING: readonly unknown[] = ["sample", "sweep"];

/**
 * How samples were drawn, by what their file says of its making, or that of the
 * images that features were taken of; empty where that is not known.
 */
export function conditionsOf(said: JsonRecord): JsonRecord {
  const made = [said, recordIn(said, "images") ?? {}]
    .find((of) => recordIn(of, "recipe") !== undefined);
  const recipe = recordIn(made, "recipe");
  if (recipe === undefined || !DRAWING.includes(recipe["stage"])) return {};
  const options = recordIn(recipe, "options") ?? {};
  // A recipe has the numbers of every preset that may be meant.
  const sampling = recordIn(recordIn(made, "config"), "sampling") ??
    recordIn(options, "sampling") ?? {};
  const shown = SHOWN.filter((key) => sampling[key] !== undefined)
    .map((key) => [key, sampling[key]] as const);
  const precision = precisionOf(recipe);
  const { seeds, weightsDtype, untrained } = options;
  return {
    ...modelsOf(made!),
    ...Object.fromEntries(shown),
    classes: options["classes"],
    seed: recipe["seed"],
    ...seeds !== undefined && { seeds },
    ...weightsDtype !== undefined && weightsDtype !== "f32" &&
      { weightsDtype },
    ...precision !== undefined && { precision },
    ...untrained === true && { untrained },
  };
}

/** Files of the model, of which one is the whole or both are parts. */
const MODEL_FILES = ["model", "ar", "svae"] as const;

/** Digests of the models, and whether weights are averages of a training's. */
function modelsOf(made: JsonRecord): JsonRecord {
  const models = recordIn(recordIn(made, "config"), "models") ?? {};
  const inputs = recordIn(made, "inputs") ?? {};
  const digests = MODEL_FILES.map((name) => {
    const { digest = inputs[name] } = recordIn(models, name) ?? {};
    return [name, digest] as const;
  });
  const { ema } = recordIn(models, "model") ?? recordIn(models, "ar") ?? {};
  return {
    ...Object.fromEntries(digests.filter(([, digest]) => digest !== undefined)),
    ...ema !== undefined && { ema },
  };
}

/** What the engine of a recipe kept floats in, where that is less than f32. */
export function precisionOf(
  recipe: JsonRecord | undefined,
): string | undefined {
  const engine = recipe?.["engine"];
  return typeof engine === "string" ? engine.split(" ")[1] : undefined;
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
