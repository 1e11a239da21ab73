import { join } from "node:path";

const VERSION = "1.30.0";
const PACKAGE = `npm:onnxruntime-web@${VERSION}`;

/** The other library, with its version. */
export const LIBRARY_NAME = `onnxruntime-web ${VERSION}`;

const ROOT = join(import.meta.dirname!, "../..");

/**
 * The folder of the other library's files for browsers, which is downloaded at
 * the first use; with a lock file of its own, as it is of no concern to users.
 *
 * @throws {Error} where it cannot be downloaded
 */
export async function libraryFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const lock = join(folder, "deno.lock");
    await Deno.copyFile(join(ROOT, "deno.lock"), lock);
    const config = join(ROOT, "deno.json");
    const shared = ["--config", config, "--lock", lock];
    await deno(["cache", ...shared, PACKAGE]);
    const { npmCache } = JSON.parse(await deno(["info", "--json"]));
    return await folderIn(npmCache);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The files in a cache of packages, which has a folder for each registry. */
async function folderIn(cache: string): Promise<string> {
  for await (const { name } of Deno.readDir(cache)) {
    const folder = join(cache, name, "onnxruntime-web", VERSION, "dist");
    const found = await Deno.stat(folder).catch(() => undefined);
    if (found !== undefined) return folder;
  }
  throw new Error(`There is no ${PACKAGE} in ${cache}`);
}

async function deno(args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stderr: "inherit",
  });
  const { code, stdout } = await command.output();
  if (code === 0) return new TextDecoder().decode(stdout);
  throw new Error(`The command deno ${args[0]} ended with status ${code}`);
}
