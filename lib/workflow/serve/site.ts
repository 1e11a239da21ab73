import { basename, join } from "node:path";
import { readTextFile, UserError } from "../../artifact/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { type RouteLookup, SiteFolder, textAnswer } from "../../serve/mod.ts";
import { generatorOf } from "../models/mod.ts";
import { INDEX_FILE, markedPage } from "./marked_page.ts";
import type { OpenFiles } from "./model_files.ts";
import { ModelSite } from "./model_site.ts";

/** Where a site comes from. */
export interface SiteSource extends Pick<CommandContext, "log" | "signal"> {
  /** Files of the model. */
  readonly files: OpenFiles;
  /** Folder that somebody made; where there is none, it is made of the model. */
  readonly folder: string | undefined;
  /** How to sample where a person does not say it. */
  readonly preset: string | undefined;
}

/**
 * Lets the page and the model for browsers be served.
 *
 * @throws {UserError} where a folder holds no page
 */
export async function withSite(
  { files, folder, ...tools }: SiteSource,
  use: (site: RouteLookup) => Promise<void>,
): Promise<void> {
  if (folder !== undefined) return await use(await folderSite(folder));
  const halves = generatorOf(files);
  const name = basename(halves.ar.name, ".safetensors");
  const options = { ...tools, ...halves, name };
  await ModelSite.use(options, (site) => use((path) => site.route(path)));
}

/** A folder's files; its page is told of the server. */
async function folderSite(folder: string): Promise<RouteLookup> {
  const site = await SiteFolder.open(folder);
  if (!site.has(INDEX_FILE)) {
    throw new UserError(
      `Cannot serve "${folder}": it has no ${INDEX_FILE}, which "spherear ` +
        'export --format web" makes',
    );
  }
  async function index() {
    const html = await readTextFile(join(folder, INDEX_FILE));
    return textAnswer(markedPage(html), { type: "text/html; charset=utf-8" });
  }
  return (path) =>
    path === "/" || path === `/${INDEX_FILE}`
      ? { methods: { GET: index } }
      : site.route(path);
}
