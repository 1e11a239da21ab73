import {
  type ArtifactKind,
  type ArtifactReader,
  asArtifact,
  openArtifact,
  UserError,
  withDigest,
} from "../artifact/mod.ts";
import { type InputSource, kindsOf, type PlannedStep } from "./plan.ts";
import type { Recipe } from "./recipe.ts";
import type { InputPort } from "./stage.ts";

/**
 * Opens the inputs of a step, with the digests that its recipe has of them.
 *
 * @throws {UserError} naming the first that is missing or of another kind; those
 *   before it are closed
 */
export async function openInputs(
  step: PlannedStep,
  { inputs }: Recipe,
): Promise<Record<string, ArtifactReader>> {
  const opened: Record<string, ArtifactReader> = {};
  try {
    for (const [name, source] of Object.entries(step.inputs)) {
      const reader = await openInput(source, step.stage.inputs[name]!);
      const digest = inputs[name];
      opened[name] = digest === undefined ? reader : withDigest(reader, digest);
    }
    return opened;
  } catch (error) {
    for (const reader of Object.values(opened)) reader.close();
    throw error;
  }
}

/** What an input says of its sizes; undefined where it is not given. */
export async function inputSizes(
  { inputs, stage }: PlannedStep,
  name: string,
): Promise<ArtifactReader["sizes"] | undefined> {
  const source = inputs[name];
  if (source === undefined) return undefined;
  const reader = await openInput(source, stage.inputs[name]!);
  // What came from a pipe is read by the stage.
  if (typeof source === "string") reader.close();
  return reader.sizes;
}

async function openInput(
  source: InputSource,
  port: InputPort,
): Promise<ArtifactReader> {
  const kinds = kindsOf(port) as ArtifactKind[];
  const only = kinds.length === 1 ? kinds[0] : undefined;
  const reader = typeof source === "string"
    ? await port.foreign?.(source) ?? await openArtifact(source, only)
    : asArtifact(source, only);
  if (kinds.includes(reader.kind)) return reader;
  reader.close();
  throw new UserError(
    `Cannot use "${reader.name}": expected kind ${kinds.join(" or ")}, ` +
      `found "${reader.kind}"`,
  );
}
