import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, runDeno, sourceFiles } from "./source_files.ts";

interface Declaration {
  readonly location: { readonly filename: string; readonly line: number };
  readonly jsDoc?: { readonly doc?: string };
}

interface Symbol {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

interface Doc {
  readonly nodes: Readonly<
    Record<string, {
      readonly module_doc?: { readonly doc?: string };
      readonly symbols: readonly Symbol[];
    }>
  >;
}

const MODS = sourceFiles("lib").filter((path) =>
  /^lib\/(\w+|engine\/\w+)\/mod\.ts$/.test(path)
);

Deno.test("every public name of every room is documented", async () => {
  const { nodes } = JSON.parse(
    await runDeno(["doc", "--json", ...MODS]),
  ) as Doc;
  const bare = Object.values(nodes).flatMap(({ symbols }) =>
    symbols.filter(({ declarations }) =>
      !declarations.some(({ jsDoc }) => jsDoc?.doc)
    ).map(({ name, declarations: [first] }) =>
      `${name} at ${first?.location.filename}:${first?.location.line}`
    )
  );
  assert.deepEqual(bare, []);
});

Deno.test("every mod.ts says what its room is for", async () => {
  for (const path of MODS) {
    const text = await Deno.readTextFile(join(ROOT, path));
    assert.match(text, /^\/\*\*[\s\S]*?@module\n \*\//, path);
  }
});
