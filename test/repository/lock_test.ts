import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./source_files.ts";

const text = await Deno.readTextFile(join(ROOT, "deno.lock"));

Deno.test("deno.lock names no registry", () => {
  assert.doesNotMatch(text, /https?:|\.tgz/);
});

Deno.test("deno.lock holds what deno.json imports and nothing else", async () => {
  const { specifiers } = JSON.parse(text) as {
    specifiers: Record<string, string>;
  };
  const config = await Deno.readTextFile(join(ROOT, "deno.json"));
  const { imports } = JSON.parse(config) as { imports: Record<string, string> };
  const wanted = Object.values(imports)
    .map((name) => /@[^/]+$/.test(name.slice(5)) ? name : `${name}@*`);
  // Whatever stands in the lock is downloaded by every user at the first run:
  // the 150 MB of 64-pixel pictures wait until they are asked for.
  assert.deepEqual(Object.keys(specifiers).sort(), wanted.sort());
});
