import { basename, extname, join } from "node:path";
import {
  type ArtifactKind,
  digestBytes,
  exists,
  openArtifact,
} from "../../artifact/mod.ts";
import type { RemoteTools } from "../../pipeline/mod.ts";
import { lockWaiting } from "../../remote/mod.ts";
import { IMPORT_VERSION, IMPORTED_KINDS, importFiles } from "../import/mod.ts";

/** A file by its path and content. */
interface Published {
  readonly path: string;
  readonly sha256: string;
}

/** Digits of a digest that tell files of one name apart. */
const DIGITS = 16;

/** What others publish, imported once for all who use it. */
export class ImportCache {
  private readonly folder: string;
  private readonly tools: Pick<RemoteTools, "log" | "progress" | "signal">;

  /** @param folder need not exist */
  constructor(
    folder: string,
    tools: Pick<RemoteTools, "log" | "progress" | "signal">,
  ) {
    this.folder = folder;
    this.tools = tools;
  }

  /** The artifact that some files are, or have been imported to. */
  async find(
    files: readonly Published[],
    kinds: readonly ArtifactKind[],
  ): Promise<string | undefined> {
    const own = await artifactOf(files, kinds);
    if (own !== undefined) return own;
    const path = this.pathOf(files, partOf(kinds));
    return await exists(path) ? path : undefined;
  }

  /**
   * The artifact of some files, which are imported unless they are one.
   *
   * @param options.name what people call them
   * @throws {UserError} where they hold nothing that this project takes
   */
  async get(
    files: readonly Published[],
    { kinds, name }: {
      readonly kinds: readonly ArtifactKind[];
      readonly name: string;
    },
  ): Promise<string> {
    const found = await this.find(files, kinds);
    if (found !== undefined) return found;
    const part = partOf(kinds);
    const output = this.pathOf(files, part);
    using _lock = await lockWaiting(output, { ...this.tools, what: name });
    if (await exists(output)) return output;
    this.tools.log.info(`${name}: imports it, once`);
    const paths = files.map(({ path }) => path);
    await importFiles(paths, { ...this.tools, part, output, force: true });
    return output;
  }

  private pathOf(files: readonly Published[], part: string): string {
    const [first] = files;
    const name = basename(first!.path, extname(first!.path));
    const digests = files.map(({ sha256 }) => sha256);
    const key = digestBytes([IMPORT_VERSION, part, ...digests].join());
    const stem = `${name}-${key.slice(0, DIGITS)}`;
    return join(this.folder, `${stem}.safetensors`);
  }
}

/** What to take of a file that holds a whole model, where parts of it serve too. */
function partOf(kinds: readonly ArtifactKind[]): "all" | "ar" | "svae" {
  if (kinds.includes("model")) return "all";
  if (kinds.includes("ar")) return "ar";
  return kinds.includes("svae") ? "svae" : "all";
}

/** The path of a file that needs no import. */
async function artifactOf(
  files: readonly Published[],
  kinds: readonly ArtifactKind[],
): Promise<string | undefined> {
  const [file] = files;
  if (file === undefined || files.length > 1) return undefined;
  // Images, references: the stage that asks for them says what it reads.
  if (!kinds.some((kind) => IMPORTED_KINDS.includes(kind))) return file.path;
  try {
    (await openArtifact(file.path)).close();
    return file.path;
  } catch {
    // Other formats, and safetensors of others, are imported.
    return undefined;
  }
}
