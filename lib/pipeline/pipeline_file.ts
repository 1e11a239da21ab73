import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readTextFile, UserError } from "../artifact/mod.ts";
import { issueLine } from "./options.ts";
import { MAX_TOML_BYTES, parseToml } from "./toml_file.ts";

const NAME = z.string().regex(/^[\w-]+$/, "expected letters, digits, - and _");

const stageSchema = z.strictObject({
  uses: z.string().optional(),
  seed: z.int().min(0).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  inputs: z.record(NAME, z.string()).optional(),
  outputs: z.record(NAME, z.string()).optional(),
});

const fileSchema = z.strictObject({
  folder: z.string().optional(),
  seed: z.int().min(0).default(0),
  stages: z.record(NAME, stageSchema, {
    error: ({ code, input }) =>
      code === "invalid_type" && input === undefined
        ? "expected stages by name (a preset's file goes with --preset)"
        : undefined,
  }),
});

/** One stage of a pipeline, as written. */
export interface StageSpec {
  /** Name of a stage, or path of a file that exports one; default: its key. */
  readonly uses?: string | undefined;
  readonly seed?: number | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** `stage.output` of this pipeline, or a path, by input name. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** File names inside the run folder, by output name. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
}

/** A pipeline as a file or a preset says it. */
export interface PipelineSpec {
  /** For messages: the path in quotes, or the preset. */
  readonly name: string;
  /** Where relative paths of stages and inputs start. */
  readonly base: string;
  /** Where outputs go. */
  readonly folder: string;
  readonly seed: number;
  readonly stages: Readonly<Record<string, StageSpec>>;
}

/**
 * Reads a pipeline file (TOML).
 *
 * @throws {UserError} naming file and key or line
 */
export async function readPipelineFile(path: string): Promise<PipelineSpec> {
  return parsePipeline(
    await readTextFile(path, { maxBytes: MAX_TOML_BYTES }),
    path,
  );
}

/**
 * Parses the text of a pipeline file; paths in it are relative to the file.
 *
 * @throws {UserError} naming file and key or line
 */
export function parsePipeline(text: string, path: string): PipelineSpec {
  const name = `"${path}"`;
  const value = parseToml(text, name);
  const result = fileSchema.safeParse(value);
  if (!result.success) {
    throw new UserError(`${name}: ${issueLine(result.error, value)}`);
  }
  const { folder, seed, stages } = result.data;
  if (Object.keys(stages).length === 0) {
    throw new UserError(`${name}: stages: expected at least one stage`);
  }
  const base = dirname(resolve(path));
  const stem = path.replace(/^.*[\\/]/, "").replace(/\.toml$/, "");
  const place = resolve(base, folder ?? `runs/${stem}`);
  return { name, base, folder: place, seed, stages };
}
