import { createAtomicFolder } from "../../artifact/mod.ts";
import type { CommandContext } from "../../pipeline/mod.ts";
import { MODEL_FILE, type WebModel } from "../../web/mod.ts";
import type { OpenWebModel } from "./open_model.ts";
import { pageFiles } from "./page_files.ts";
import { writeShards } from "./write_shards.ts";

/** Files of a site; a folder that holds nothing else is replaced. */
export const SITE_FILES =
  /^(index\.html|[a-z]+\.(js|css|svg|webmanifest)|model\.json|[0-9a-f]{16}\.bin)$/;

/** What a site is written with. */
export interface SiteOptions
  extends Pick<CommandContext, "progress" | "signal"> {
  /** What people call the model. */
  readonly name: string;
}

/**
 * Writes a folder for any static host: the page, its code and the model.
 *
 * @throws {UserError} where it cannot be written
 */
export async function writeSite(
  folder: string,
  model: OpenWebModel,
  { name, progress, signal }: SiteOptions,
): Promise<WebModel> {
  const encoder = new TextEncoder();
  const place = await createAtomicFolder(folder, SITE_FILES);
  const total = [model.ar, model.vae]
    .reduce((sum, { weights }) => sum + Object.keys(weights).length, 0);
  const task = progress.start({ total, unit: "tensor" });
  try {
    const described = await writeShards(model, {
      name,
      signal,
      write: (file, bytes) => place.write(file, bytes),
      onTensor: () => task.advance(),
    });
    const files = new Map(await pageFiles());
    files.set(MODEL_FILE, JSON.stringify(described));
    for (const [file, text] of files) {
      await place.write(file, encoder.encode(text));
    }
    await place.commit();
    return described;
  } catch (error) {
    await place.abort();
    throw error;
  } finally {
    task.finish();
  }
}
