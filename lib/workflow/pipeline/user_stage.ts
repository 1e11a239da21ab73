import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../../artifact/mod.ts";
import type { Stage } from "../../pipeline/mod.ts";

/** What a stage must have, with the type of each field. */
const FIELDS = {
  name: "string",
  summary: "string",
  version: "number",
  inputs: "object",
  outputs: "object",
  options: "object",
  run: "function",
} as const;

/** How the name of a module ends; nothing else is taken for code. */
const MODULE = /\.[cm]?[jt]s$/;

/**
 * Loads a user's stage from a file that exports `stage`.
 *
 * @throws {UserError} where the file is missing, does not load or exports no stage
 */
export async function loadUserStage(
  path: string,
  base: string,
): Promise<Stage> {
  const file = resolve(base, path);
  if (!MODULE.test(file)) {
    throw new UserError(
      `Cannot load stage "${file}": expected a file of TypeScript or ` +
        "JavaScript, such as my_stage.ts",
    );
  }
  const stage = (await load(file)).stage;
  if (typeof stage !== "object" || stage === null) {
    throw new UserError(`Cannot use "${file}": it exports no "stage"`);
  }
  for (const [field, type] of Object.entries(FIELDS)) {
    const found = typeof (stage as Record<string, unknown>)[field];
    if (found === type) continue;
    throw new UserError(
      `Cannot use "${file}": stage.${field}: expected a ${type}, ` +
        `found ${found}`,
    );
  }
  return stage as Stage;
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [line] = reason.split("\n");
    throw new UserError(`Cannot load stage "${file}": ${line}`, {
      cause: error,
    });
  }
}
