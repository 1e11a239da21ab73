import type { ArtifactReader, JsonRecord } from "../../artifact/mod.ts";

/** Files of models: the whole, or both parts. */
type ModelFiles = Readonly<
  Partial<Record<"model" | "ar" | "svae", ArtifactReader | undefined>>
>;

/** What figures of samples say of a model. */
interface ModelFacts {
  /** SHA-256 of its artifact. */
  readonly digest: string;
  /** SHA-256 of the file that it was imported from. */
  readonly published?: string;
  /**
   * Whether weights are a moving average of those that were trained, or its
   * decay; left out where nobody says it.
   */
  readonly ema?: boolean | number;
}

/** What samples say of the models that drew them, by the names of the inputs. */
export async function modelFacts(
  { model, ar, svae }: ModelFiles,
): Promise<Readonly<Record<string, ModelFacts>>> {
  const facts: Record<string, ModelFacts> = {};
  for (const [name, reader] of Object.entries({ model, ar, svae })) {
    if (reader !== undefined) facts[name] = await factsOf(reader);
  }
  return facts;
}

async function factsOf(reader: ArtifactReader): Promise<ModelFacts> {
  const { recipe, inputs } = reader;
  const ema = averageOf(recipe);
  const published = recipe?.["stage"] === "import"
    ? inputs["weights"]
    : undefined;
  return {
    digest: await reader.digest(),
    ...published !== undefined && { published },
    ...ema !== undefined && { ema },
  };
}

/** What the making of weights says of an average. */
function averageOf(recipe: JsonRecord | undefined): ModelFacts["ema"] {
  const options = recordOf(recipe?.["options"]);
  if (recipe?.["stage"] === "import") {
    const { weights } = options;
    return weights === "ema" ? true : weights === "model" ? false : undefined;
  }
  const { ema } = recordOf(options["training"]);
  if (typeof ema !== "number") return undefined;
  return ema > 0 ? ema : false;
}

function recordOf(value: unknown): JsonRecord {
  return typeof value === "object" && value !== null ? value as JsonRecord : {};
}
