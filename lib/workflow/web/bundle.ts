import { fileURLToPath } from "node:url";

/** Browsers that have WebGPU understand this much. */
const TARGET = "es2022";

/** A module of the page's room and all that it imports, as one small script. */
export async function bundle(
  entry: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { build, stop } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(entry, WEB))],
      bundle: true,
      minify: true,
      format: "esm",
      target: TARGET,
      charset: "utf8",
      define: { ...define },
      write: false,
      logLevel: "silent",
    });
    return outputFiles[0]!.text;
  } finally {
    // Its process would keep ours alive.
    await stop();
  }
}

/** Where pages and workers begin. */
export const WEB = new URL("../../web/", import.meta.url);
