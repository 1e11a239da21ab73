import assert from "node:assert/strict";
import { pageFiles } from "../../../../lib/workflow/web/mod.ts";

/** Compressed bytes that the code of a page may take. */
const MOST_BYTES = 120_000;

/** What only Deno and Node have. */
const FOREIGN = /\bDeno\.|["'`]node:|\brequire\(|\bprocess\.(env|argv)/;

const files = await pageFiles();

async function compressed(text: string): Promise<number> {
  const stream = new Blob([text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("the code of a page is small", async () => {
  const sizes = await Promise.all([...files.values()].map(compressed));
  const sum = sizes.reduce((total, size) => total + size);
  assert.ok(sum < MOST_BYTES, `${sum} bytes compressed`);
});

Deno.test("the code of a page knows nothing of Deno and Node", () => {
  for (const [name, text] of files) assert.doesNotMatch(text, FOREIGN, name);
});

Deno.test("a page asks nobody but its own host", () => {
  // Names of the drawings' languages, and of the licence, are no addresses.
  const known = /http:\/\/www\.w3\.org\/(2000\/svg|1999\/xhtml)/g;
  for (const [name, text] of files) {
    assert.doesNotMatch(text.replace(known, ""), /https?:\/\//, name);
  }
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/
    .exec(files.get("index.html")!)![1]!;
  assert.match(policy, /^default-src 'none'; script-src 'self'; /);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
});
