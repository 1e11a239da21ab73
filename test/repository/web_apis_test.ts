import assert from "node:assert/strict";
import { join } from "node:path";
import { isWebImport, webErrors } from "./web_apis.ts";

const FOREIGN: Readonly<Record<string, string>> = {
  "Deno": "export const a = Deno.version;",
  "process": "export const a = process.pid;",
  "Buffer": "export const a = Buffer.from([1]);",
  "require": "export const a = require('x');",
  "setImmediate": "setImmediate(() => {});",
  "dirname": "export const a = import.meta.dirname!.length;",
};

Deno.test("webErrors() finds globals that pages do not have", async () => {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(FOREIGN)) {
    await Deno.writeTextFile(join(folder, `${name}.ts`), text);
  }
  const paths = Object.keys(FOREIGN).map((name) => join(folder, `${name}.ts`));
  const errors = await webErrors(paths);
  await Deno.remove(folder, { recursive: true });
  const missed = Object.keys(FOREIGN)
    .filter((name) => !errors.includes(`${name}.ts`));
  assert.deepEqual(missed, []);
});

Deno.test("webErrors() accepts what pages have", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "page_only.ts");
  const text = `export async function open(): Promise<GPUDevice | undefined> {
  const adapter = await navigator.gpu?.requestAdapter();
  queueMicrotask(() => performance.now());
  return await adapter?.requestDevice();
}`;
  await Deno.writeTextFile(path, text);
  const errors = await webErrors([path]);
  await Deno.remove(folder, { recursive: true });
  assert.equal(errors, "");
});

Deno.test("isWebImport() refuses node, npm and other places", () => {
  const refused = ["node:path", "npm:zod@4", "https://x.y/z.ts", "../out.ts"];
  assert.deepEqual(refused.filter(isWebImport), []);
  assert.ok(isWebImport("lib/tensor/mod.ts"));
});
