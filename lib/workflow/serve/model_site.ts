import { join } from "node:path";
import {
  type ArtifactReader,
  writeBytesAtomic,
  writeTextAtomic,
} from "../../artifact/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { HttpError, type Route, SiteFolder } from "../../serve/mod.ts";
import { MODEL_FILE } from "../../web/mod.ts";
import {
  openWebModel,
  pageFiles,
  SITE_FILES,
  writeShards,
} from "../web/mod.ts";
import { INDEX_FILE, markedPage } from "./marked_page.ts";

/** What browsers hold large matrices in. */
const WEIGHTS = "f16";

/** What a site is made of. */
export interface ModelSiteOptions
  extends Pick<CommandContext, "log" | "signal"> {
  readonly ar: ArtifactReader;
  readonly svae: ArtifactReader;
  /** What people call the model. */
  readonly name: string;
  /** How to sample where a person does not say it. */
  readonly preset: string | undefined;
}

/** The two parts of a site. */
type Part = "page" | "model";

/**
 * The site that `export --format web` makes, in a folder of its own and when it
 * is asked for: the page at the first visit, the model's shards when a browser
 * wants to sample by itself.
 */
export class ModelSite {
  readonly #folder: string;
  readonly #options: ModelSiteOptions;
  readonly #made = new Map<Part, Promise<SiteFolder>>();

  private constructor(folder: string, options: ModelSiteOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Lets a site be used, and removes what was made of it. */
  static async use<T>(
    options: ModelSiteOptions,
    use: (site: ModelSite) => Promise<T>,
  ): Promise<T> {
    const folder = await Deno.makeTempDir({ prefix: "spherear-serve-" });
    const site = new ModelSite(folder, options);
    try {
      return await use(site);
    } finally {
      await Promise.allSettled(site.#made.values());
      await Deno.remove(folder, { recursive: true });
    }
  }

  /** What there is at a path, as URLs write it. */
  route(path: string): Route | undefined {
    const name = path === "/" ? INDEX_FILE : path.slice(1);
    if (!SITE_FILES.test(name)) return undefined;
    const isModel = name === MODEL_FILE || name.endsWith(".bin");
    return {
      methods: {
        GET: async (call) => {
          const folder = await this.#part(isModel ? "model" : "page");
          const handler = folder.route(`/${name}`)?.methods.GET;
          if (handler !== undefined) return await handler(call);
          throw new HttpError("There is nothing at this path", { status: 404 });
        },
      },
    };
  }

  /** A part, made once; where that fails the next visit tries again. */
  #part(part: Part): Promise<SiteFolder> {
    const known = this.#made.get(part);
    if (known !== undefined) return known;
    const made = this.#make(part);
    this.#made.set(part, made);
    made.catch(() => this.#made.delete(part));
    return made;
  }

  async #make(part: Part): Promise<SiteFolder> {
    const folder = join(this.#folder, part);
    await Deno.mkdir(folder, { recursive: true });
    if (part === "page") await writePage(folder);
    else await this.#writeModel(folder);
    return await SiteFolder.open(folder);
  }

  async #writeModel(folder: string): Promise<void> {
    const { name, preset, signal, log, ...files } = this.#options;
    log.info("Writing the model for a browser");
    const model = await openWebModel(files, {
      weights: WEIGHTS,
      numbers: { preset },
    });
    const described = await writeShards(model, {
      name,
      signal,
      write: (file, bytes) => writeBytesAtomic(join(folder, file), bytes),
    });
    const text = JSON.stringify(described);
    await writeTextAtomic(join(folder, MODEL_FILE), text);
  }
}

async function writePage(folder: string): Promise<void> {
  for (const [file, text] of await pageFiles()) {
    const served = file === INDEX_FILE ? markedPage(text) : text;
    await writeTextAtomic(join(folder, file), served);
  }
}
