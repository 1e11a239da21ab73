import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./source_files.ts";

const README = await Deno.readTextFile(join(ROOT, "README.md"));

Deno.test("the README is short", () => {
  const lines = README.trimEnd().split("\n").length;
  assert.ok(lines < 150, `${lines} lines`);
});

Deno.test("the README names the paper, its authors and its link", () => {
  assert.match(README, /Guolin Ke and Hui Xue/);
  assert.match(README, /\(https:\/\/arxiv\.org\/abs\/2509\.24335\)/);
});

Deno.test("the README says of every table of the paper what runs here", () => {
  const status = README.slice(README.indexOf("## The paper's results"));
  for (let table = 1; table <= 5; table++) {
    assert.match(status, new RegExp(`^\\| Table ${table}`, "m"));
  }
});

Deno.test("the README leads to every page of docs", () => {
  for (const { name } of Deno.readDirSync(join(ROOT, "docs"))) {
    if (name.endsWith(".md")) {
      assert.ok(README.includes(`(docs/${name})`), name);
    }
  }
});
