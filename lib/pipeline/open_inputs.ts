import {
  type ArtifactKind,
  type ArtifactReader,
  asArtifact,
  isFolder,
  openArtifact,
  UserError,
  withDigest,
} from "../artifact/mod.ts";
import type { Ledger } from "./ledger.ts";
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

/**
 * SHA-256 of an input, read only where the ledger does not know it.
 *
 * @throws {UserError} where it cannot be read; a folder that the port does not
 *   take before all of it is read
 */
export async function digestOf(
  source: InputSource,
  { port, ledger }: { readonly port: InputPort; readonly ledger: Ledger },
): Promise<string> {
  if (typeof source !== "string") return await source.digest();
  if (!isFolder(source)) return await ledger.digest(source);
  const reader = await openPath(source, port);
  reader.close();
  return await ledger.digest(source, reader.files);
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
  const only = onlyKind(port);
  const reader = typeof source === "string"
    ? await openPath(source, port)
    : asArtifact(source, only);
  if (kinds.includes(reader.kind)) return reader;
  reader.close();
  throw new UserError(
    `Cannot use "${reader.name}": expected kind ${kinds.join(" or ")}, ` +
      `found "${reader.kind}"`,
  );
}

/**
 * Opens what a path of an input leads to, an artifact or what it takes besides.
 *
 * @throws {UserError} naming it where it is neither
 */
export async function openPath(
  path: string,
  port: InputPort,
): Promise<ArtifactReader> {
  return await port.foreign?.(path) ??
    await openArtifact(path, onlyKind(port));
}

/** The kind that an input takes, where it is one. */
function onlyKind(port: InputPort): ArtifactKind | undefined {
  const [first, ...others] = kindsOf(port) as ArtifactKind[];
  return others.length === 0 ? first : undefined;
}
