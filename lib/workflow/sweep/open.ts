import { join } from "node:path";
import {
  artifactInMemory,
  type ArtifactReader,
  isFolder,
  JsonError,
  type JsonRecord,
  parseJson,
  readTextFile,
  UserError,
} from "../../artifact/mod.ts";

/** What a sweep found, in its folder. */
export const SWEEP_JSON = "sweep.json";

/**
 * Opens what a sweep found as figures that are in no other file: by its folder,
 * or by its `sweep.json`.
 *
 * @throws {UserError} where there is none, or no JSON
 */
export async function openSweep(path: string): Promise<ArtifactReader> {
  const inFolder = isFolder(path);
  const file = inFolder ? join(path, SWEEP_JSON) : path;
  const text = await readTextFile(file);
  const reader = await artifactInMemory(file, {
    kind: "metrics",
    tensors: {},
    config: recordIn(text, file),
  });
  return inFolder
    ? Object.create(reader, { files: { value: [SWEEP_JSON] } })
    : reader;
}

function recordIn(text: string, file: string): JsonRecord {
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as JsonRecord;
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw new UserError(
    `Cannot use "${file}": expected the folder of a sweep or its ${SWEEP_JSON}, ` +
      "found no JSON object",
  );
}
