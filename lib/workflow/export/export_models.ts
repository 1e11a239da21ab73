import { dirname, extname } from "node:path";
import {
  type ArtifactReader,
  canonicalJson,
  createSafetensors,
  openArtifact,
  UserError,
} from "../../artifact/mod.ts";
import {
  type PlainValue,
  rowPieces,
  type WeightSet,
  writeTorch,
} from "../../interop/mod.ts";
import {
  type CommandContext,
  flagName,
  Ledger,
  refuseReplacing,
  refuseSameFile,
} from "../../pipeline/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import { exportSite } from "./export_site.ts";
import { writeOnnxModels } from "./onnx_models.ts";
import { carriedArgs } from "./carried_args.ts";
import { type Halves, releasedSet } from "./released_set.ts";

/** Formats by the name's end. */
const FORMATS: Readonly<Record<string, ExportFormat>> = {
  ".pt": "pt",
  ".pth": "pt",
  ".ckpt": "pt",
  ".safetensors": "safetensors",
};

type ExportFormat = "pt" | "safetensors" | "onnx" | "web";

/** Options of pages alone. */
const WEB_OPTIONS = ["weightsDtype", "title"] as const;

/** What a person asks for, and the surroundings. */
export interface ExportOptions
  extends Pick<CommandContext, "log" | "progress" | "signal"> {
  /** Path of the file to write; of a folder for `onnx` and `web`. */
  readonly output: string;
  /** Its format; as the name's end says, if not given. */
  readonly format?: ExportFormat | undefined;
  /** What large matrices are held in, and the page's title: for `web`. */
  readonly weightsDtype?: WeightsDType | undefined;
  readonly title?: string | undefined;
  /** Whether to replace what others made. */
  readonly force: boolean;
}

/** What was exported, for people and programs. */
export interface ExportSummary {
  readonly [key: string]: unknown;
  readonly format: ExportFormat;
  readonly tensors: number;
  readonly parameters: number;
}

/**
 * Exports a whole model, or an AR model and an S-VAE, or one of them: weights
 * under the release's names, or models that other runtimes run.
 *
 * @param paths artifacts of the kinds `model`, `ar` and `svae`
 * @throws {UserError} where they cannot be read, or do not make one model
 */
export async function exportModels(
  paths: readonly string[],
  options: ExportOptions,
): Promise<ExportSummary> {
  const { output, format = formatOf(output), force } = options;
  for (const option of WEB_OPTIONS) {
    if (options[option] === undefined || format === "web") continue;
    throw new UserError(
      `Cannot take --${flagName(option)} for ${format}: expected it with ` +
        "--format web",
    );
  }
  for (const path of paths) await refuseSameFile(path, output);
  const ledger = await Ledger.open(dirname(output));
  await refuseReplacing(output, { by: "export", force, ledger });
  const opened: ArtifactReader[] = [];
  try {
    for (const path of paths) opened.push(await openArtifact(path));
    const halves = halvesOf(opened);
    return await ledger.noting(output, {
      by: "export",
      write: () => writeHalves(halves, { ...options, format }),
    });
  } finally {
    for (const reader of opened) reader.close();
  }
}

async function writeHalves(
  halves: Halves,
  { output, format, weightsDtype, title, ...tools }:
    & ExportOptions
    & Pick<ExportSummary, "format">,
): Promise<ExportSummary> {
  if (format === "web") {
    const site = await exportSite(output, halves, {
      weightsDtype,
      title,
      ...tools,
    });
    return { format, ...site, output };
  }
  if (format === "onnx") {
    return { format, ...await writeOnnxModels(output, halves, tools), output };
  }
  tellMissing(halves, tools.log);
  const set = counted(releasedSet(halves), tools);
  const args = carriedArgs(halves);
  if (format === "pt") await writeTorch(output, { model: set }, { args });
  else await writePlain(output, set, args);
  const counts = [...set.tensors.values()].map(({ shape }) => sizeOf(shape));
  return {
    format,
    tensors: counts.length,
    parameters: counts.reduce((sum, count) => sum + count, 0),
    output,
  };
}

function formatOf(output: string): ExportFormat {
  const format = FORMATS[extname(output)];
  if (format !== undefined) return format;
  throw new UserError(
    `Cannot tell the format of "${output}": expected a name that ends with ` +
      `${Object.keys(FORMATS).join(", ")}, or --format`,
  );
}

/** Which file gives which half. */
function halvesOf(opened: readonly ArtifactReader[]): Halves {
  const halves: { ar?: ArtifactReader; svae?: ArtifactReader } = {};
  for (const reader of opened) {
    const { name, kind } = reader;
    const gives: readonly (keyof Halves)[] = kind === "model"
      ? ["ar", "svae"]
      : kind === "ar" || kind === "svae"
      ? [kind]
      : [];
    if (gives.length === 0) {
      throw new UserError(
        `Cannot export "${name}": expected kind model, ar or svae, found ` +
          `"${kind}"`,
      );
    }
    for (const half of gives) {
      if (halves[half] !== undefined) {
        throw new UserError(
          `Cannot export "${halves[half].name}" and "${name}" together: ` +
            `both hold ${half === "ar" ? "an AR model" : "an S-VAE"}`,
        );
      }
      halves[half] = reader;
    }
  }
  return halves;
}

function tellMissing({ ar, svae }: Halves, log: ExportOptions["log"]): void {
  if (ar === undefined || svae !== undefined) return;
  log.info(
    "Without an S-VAE, which the release's sampling expects in the same file",
  );
}

/** A set that reports what is read of it and stops where it is told to. */
function counted(
  set: WeightSet,
  { progress, signal }: Pick<ExportOptions, "progress" | "signal">,
): WeightSet {
  const total = set.tensors.size;
  const task = progress.start({ total, unit: "tensor" });
  const seen = new Set<string>();
  return {
    tensors: set.tensors,
    async readRows(name, rows) {
      signal.throwIfAborted();
      const bytes = await set.readRows(name, rows);
      task.set(seen.add(name).size);
      if (seen.size === total) task.finish();
      return bytes;
    },
  };
}

/** A safetensors file with the weights, and what `import` reads beside them. */
async function writePlain(
  path: string,
  set: WeightSet,
  args: PlainValue,
): Promise<void> {
  const writer = await createSafetensors(path, {
    tensors: Object.fromEntries(set.tensors),
    // What readers of PyTorch weights look for.
    metadata: { format: "pt", config: canonicalJson(args) },
  });
  try {
    for (const [name, tensor] of set.tensors) {
      for (const rows of rowPieces(tensor)) {
        const data = await set.readRows(name, rows);
        await writer.writeRows(name, { start: rows.start, data });
      }
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
