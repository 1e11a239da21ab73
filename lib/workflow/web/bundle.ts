import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/** Browsers that have WebGPU understand this much. */
const TARGET = "es2022";

/** A module of the page's room and all that it imports, as one small script. */
export async function bundle(entry: string): Promise<string> {
  const { build, stop } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(entry, WEB))],
      bundle: true,
      minify: true,
      format: "esm",
      target: TARGET,
      charset: "utf8",
      plugins: [PURE],
      write: false,
      logLevel: "silent",
    });
    return outputFiles[0]!.text;
  } finally {
    // Its process would keep ours alive.
    await stop();
  }
}

/** Modules here do nothing by being loaded: what nobody uses of them is left out. */
const PURE: Plugin = {
  name: "pure",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      sideEffects: false,
    }));
  },
};

/** Where pages and workers begin. */
export const WEB = new URL("../../web/", import.meta.url);
