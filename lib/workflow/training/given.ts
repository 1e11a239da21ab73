import type { ArtifactReader, JsonRecord } from "../../artifact/mod.ts";
import { vaeTables } from "../../model/mod.ts";
import { arFile, readVaeConfig, vaeFile } from "../models/mod.ts";
import { type GivenStart, requireSizes } from "./start.ts";

/** A model that is to be trained, as its artifact has it. */
interface Wanted {
  /** Its sizes, and the names of its classes where it has any. */
  readonly config: JsonRecord;
  /** Weights of which every class has its own. */
  readonly ofClasses?: readonly string[];
}

/**
 * Weights for a training from a file that was given, also those inside a whole
 * model or a kept state.
 *
 * @throws {UserError} where its sizes are not those of the model to train
 */
export function givenStart(
  artifact: ArtifactReader | undefined,
  { config, ofClasses = [] }: Wanted,
): GivenStart | undefined {
  if (artifact === undefined) return undefined;
  requireSizes(artifact, config);
  const because = otherClasses(artifact.config, config);
  return {
    artifact,
    model: arFile(artifact),
    ...because !== undefined && { anew: { names: ofClasses, because } },
  };
}

/** The same for an S-VAE. */
export function givenVaeStart(
  artifact: ArtifactReader | undefined,
  { config }: Wanted,
): GivenStart | undefined {
  if (artifact === undefined) return undefined;
  const model = vaeFile(artifact);
  requireSizes(model, config);
  if (artifact.kind === "checkpoint") return { artifact, model };
  const tables = vaeTables(readVaeConfig(model));
  return { artifact, model, tables };
}

/** Why weights of classes cannot be kept; undefined where they can. */
function otherClasses(
  found: JsonRecord,
  config: JsonRecord,
): string | undefined {
  const [before, after] = [found.num_classes, config.num_classes];
  if (before === undefined || before === after) return undefined;
  return `it has ${before} classes, expected ${after}`;
}
