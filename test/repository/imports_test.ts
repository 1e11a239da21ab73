import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { circlesOf, type Edge } from "./circles.ts";
import { ARROWS, mayImport, roomOf, SIDE_DOORS, WEB_ROOMS } from "./rooms.ts";
import { productFiles, ROOT, runDeno } from "./source_files.ts";
import { isWebImport, webErrors } from "./web_apis.ts";

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

/**
 * Every import of the product's files, those of types alone and those that wait
 * for a call among them; node and npm ones keep their names.
 */
async function importEdges(): Promise<readonly Edge[]> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = productFiles().map((path) =>
      `import ${JSON.stringify(pathToFileURL(join(ROOT, path)).href)};`
    );
    await Deno.writeTextFile(entry, lines.join("\n"));
    const config = join(ROOT, "deno.json");
    const text = await runDeno(["info", "--json", "--config", config, entry]);
    const { modules } = JSON.parse(text) as { modules: ModuleInfo[] };
    return modules.flatMap(edgesOf).filter(({ from }) =>
      !from.startsWith("..")
    );
  } finally {
    await Deno.remove(entry);
  }
}

function edgesOf({ specifier, dependencies = [] }: ModuleInfo): Edge[] {
  if (!specifier.startsWith("file:")) return [];
  const from = pathOf(specifier);
  return dependencies.map(({ specifier: written, code, type }) => {
    const target = code?.specifier ?? type?.specifier ?? written;
    return { from, to: target.startsWith("file:") ? pathOf(target) : target };
  });
}

function pathOf(specifier: string): string {
  return relative(ROOT, fileURLToPath(specifier)).replaceAll("\\", "/");
}

function isProduct(path: string): boolean {
  return Object.hasOwn(ARROWS, roomOf(path));
}

const edges = await importEdges();

Deno.test("imports follow the arrows between rooms", () => {
  const wrong = edges.filter(({ from, to }) =>
    isProduct(to) && !mayImport(roomOf(from), roomOf(to))
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("imports enter a room by its mod.ts", () => {
  const wrong = edges.filter(({ from, to }) => {
    const outside = isProduct(to) && roomOf(from) !== roomOf(to);
    const door = to.endsWith("/mod.ts") || Object.hasOwn(SIDE_DOORS, to);
    return outside && !door;
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("imports go in no circle", () => {
  const circles = circlesOf(edges.filter(({ to }) => isProduct(to)));
  assert.deepEqual(circles.map((path) => path.join(" -> ")), []);
});

Deno.test("imports of every product file come from a known room", () => {
  const unknown = productFiles().filter((path) => !isProduct(path));
  assert.deepEqual(unknown, []);
});

Deno.test("web rooms import our own files only", () => {
  const wrong = edges.filter(({ from, to }) =>
    WEB_ROOMS.includes(roomOf(from)) && !isWebImport(to)
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("web rooms import nothing that no page can run", () => {
  const wrong = edges.filter(({ from, to }) =>
    WEB_ROOMS.includes(roomOf(from)) && !WEB_ROOMS.includes(roomOf(to))
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} -> ${to}`), []);
});

Deno.test("web rooms use Web APIs only", async () => {
  const paths = productFiles()
    .filter((path) => WEB_ROOMS.includes(roomOf(path)));
  assert.equal(await webErrors(paths.map((path) => join(ROOT, path))), "");
});

Deno.test("imports are npm and node ones, or our own files", () => {
  const wrong = edges.filter(({ to }) => /^(https?|jsr):/.test(to));
  assert.deepEqual(wrong, []);
});
