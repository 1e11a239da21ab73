import { readTextFile } from "../../artifact/mod.ts";
import { fileURLToPath } from "node:url";
import { bundle, WEB } from "./bundle.ts";

/** The page's own files by name: its code, and how it looks. */
export async function pageFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["index.html", await text("page/index.html")],
    ["style.css", await text("page/style.css")],
    ["page.js", await bundle("page/main.ts")],
    ["worker.js", await bundle("session/worker.ts")],
    ["offline.js", await bundle("page/offline.ts")],
  ]);
}

async function text(path: string): Promise<string> {
  return await readTextFile(fileURLToPath(new URL(path, WEB)));
}
