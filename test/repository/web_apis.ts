import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./source_files.ts";

/** Constants of WebGPU that TypeScript's library of the web leaves out. */
const CONSTANTS = join(ROOT, "lib/web/webgpu_constants.d.ts");

/** A page knows nothing of Deno or Node. */
const CONFIG = {
  compilerOptions: {
    lib: ["esnext", "dom", "dom.iterable"],
    types: [pathToFileURL(CONSTANTS).href],
    strict: true,
    noUncheckedIndexedAccess: true,
  },
};

/** What a web page's type check says of some files; empty where it is content. */
export async function webErrors(paths: readonly string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const imports = paths.map((path) =>
      `import ${JSON.stringify(pathToFileURL(path).href)};`
    );
    const entry = join(folder, "page.ts");
    const config = join(folder, "deno.json");
    await Deno.writeTextFile(entry, imports.join("\n"));
    await Deno.writeTextFile(config, JSON.stringify(CONFIG));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--no-lock", "--config", config, entry],
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).output();
    return success ? "" : new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether an import of a web room is a file of this repository. */
export function isWebImport(specifier: string): boolean {
  return !/^\w+:/.test(specifier) && !specifier.startsWith("..");
}
