import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, sourceFiles } from "./source_files.ts";

const MAX_LINES = 400;

/** A stage declares; its work is in the library, where users' stages find it. */
const MAX_STAGE_LINES = 120;

/** Files that may be longer, with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {};

async function linesOf(path: string): Promise<number> {
  const text = await Deno.readTextFile(join(ROOT, path));
  return text.split("\n").length - 1;
}

Deno.test("source files have at most 400 lines", async () => {
  const long: string[] = [];
  const folders = ["lib", "stages", "datasets", "test", "bench"];
  for (const path of folders.flatMap((folder) => sourceFiles(folder))) {
    if (Object.hasOwn(ALLOWED, path)) continue;
    const lines = await linesOf(path);
    if (lines > MAX_LINES) long.push(`${path}: ${lines}`);
  }
  assert.deepEqual(long, []);
});

Deno.test("stages have at most 120 lines", async () => {
  const long: string[] = [];
  for (const path of sourceFiles("stages")) {
    const lines = await linesOf(path);
    if (lines > MAX_STAGE_LINES) long.push(`${path}: ${lines}`);
  }
  assert.deepEqual(long, []);
});

Deno.test("cli.ts stays a lookup", async () => {
  assert.ok(await linesOf("cli.ts") < 100);
});
