import assert from "node:assert/strict";
import { join } from "node:path";
import plugin from "./lint_plugin.ts";
import { ROOT, sourceFiles } from "./source_files.ts";

/** The rules that a source text breaks. */
function broken(source: string, file = "/repo/lib/nn/linear.ts"): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);
}

Deno.test("error-message refuses a small letter, a period and a contraction", () => {
  const rule = ["spherear/error-message"];
  assert.deepEqual(broken('throw new Error("bad thing");'), rule);
  assert.deepEqual(broken('throw new RangeError("Bad thing.");'), rule);
  assert.deepEqual(broken("throw new TypeError(`Can't read ${file}`);"), rule);
  assert.deepEqual(broken('throw new Error("Bad " + `thing ${x}.`);'), rule);
});

Deno.test("error-message accepts good messages and internal ones", () => {
  assert.deepEqual(broken('throw new Error("Cannot read x: gone");'), []);
  assert.deepEqual(broken('throw new Error("internal: x is not set");'), []);
  assert.deepEqual(broken("throw new Error(`${where}: bad`);"), []);
  assert.deepEqual(broken("throw new Error(message);"), []);
});

Deno.test("no-as-any refuses a cast to any", () => {
  assert.deepEqual(broken("const a = b as any;"), ["spherear/no-as-any"]);
  assert.deepEqual(broken("const a = b as unknown;"), []);
});

Deno.test("no-ts-ignore refuses silenced types", () => {
  const source = "// @ts-ignore reason\nconst a: string = 1;";
  assert.deepEqual(broken(source), ["spherear/no-ts-ignore"]);
  assert.deepEqual(broken("// @ts-expect-error reason\nlet a;"), []);
});

Deno.test("no-top-level-arrow refuses arrow functions at the top", () => {
  const rule = ["spherear/no-top-level-arrow"];
  assert.deepEqual(broken("const f = () => 1;"), rule);
  assert.deepEqual(broken("export const f = (x: number) => x;"), rule);
  assert.deepEqual(broken("function f() { const g = () => 1; return g; }"), []);
});

Deno.test("no-environment lets only the edges read the environment", () => {
  const source = 'Deno.env.get("HOME");';
  assert.deepEqual(broken(source), ["spherear/no-environment"]);
  assert.deepEqual(broken(source, "/repo/lib/cli/terminal.ts"), []);
  assert.deepEqual(broken(source, "/repo/test/engines.ts"), []);
});

Deno.test("function-size refuses a function of more than 60 lines", () => {
  const body = "  f();\n".repeat(60);
  const rule = ["spherear/function-size"];
  assert.deepEqual(broken(`function g() {\n${body}}`), rule);
  assert.deepEqual(broken(`function g() {\n${body.slice(0, -14)}}`), []);
});

Deno.test("every source file keeps our rules", () => {
  const files = ["lib", "stages", "datasets", "test", "bench"]
    .flatMap((folder) => sourceFiles(folder));
  const found = [...files, "cli.ts"].flatMap((file) => {
    const source = Deno.readTextFileSync(join(ROOT, file));
    return Deno.lint.runPlugin(plugin, join(ROOT, file), source)
      .map(({ id, message, range: [start] }) => {
        const line = source.slice(0, start).split("\n").length;
        return `${file}:${line}: ${message} (${id})`;
      });
  });
  assert.deepEqual(found, []);
});
