import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import {
  declarationOf,
  parseCommand,
  wordsOf,
} from "../stages/parse_command.ts";
import { blocksOf, documents, rowsOf, spansOf } from "./documents.ts";
import { GENERATED, tablePlace } from "./generated_tables.ts";
import { ROOT } from "./source_files.ts";

function exists(path: string): boolean {
  try {
    return Deno.statSync(join(ROOT, path)) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("links of the documents lead to files that are there", () => {
  for (const { path, text } of documents()) {
    for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const file = normalize(join(dirname(path), target!.split("#")[0]!));
      assert.ok(exists(file), `${path} links to ${target}`);
    }
  }
});

/** A path of the repository; words in angle brackets stand for any name. */
const CODE_PATH = /^(?:lib|stages|datasets|test|bench|docs)\/[\w./-]+$/;

/** Files that a text tells its reader to write. */
const TO_BE_WRITTEN = /\bmy_/;

Deno.test("paths in the documents are those of files and folders", () => {
  for (const document of documents()) {
    const paths = spansOf(document).filter((span) =>
      CODE_PATH.test(span) && !TO_BE_WRITTEN.test(span)
    );
    for (const path of paths) {
      assert.ok(exists(path), `${document.path} names ${path}`);
    }
  }
});

/** Command lines of a shell block, without comments and continued ones joined. */
function commandLines(block: string): readonly string[] {
  return block.replace(/ *\\\n/g, " ").split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("|"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** What follows `spherear` in a command line that runs it. */
function ownWords(line: string): readonly string[] | undefined {
  const spelled = line.replace(/^(?:npx -y )?deno(?:@[\d.]+)? task /, "");
  const words = wordsOf(spelled);
  if (line !== spelled && words[0] === "pipeline") return words;
  const at = words.indexOf("spherear");
  return at < 0 ? undefined : words.slice(at + 1);
}

Deno.test("command lines of the documents parse", async () => {
  let parsed = 0;
  for (const document of documents()) {
    for (const line of blocksOf(document, "sh").flatMap(commandLines)) {
      const [name, ...words] = ownWords(line) ?? [];
      // "…" stands for what the reader knows by then.
      if (name === undefined || name.startsWith("-") || words.includes("…")) {
        continue;
      }
      await parseCommand(await declarationOf(name), words);
      parsed++;
    }
  }
  assert.ok(parsed > 10, `${parsed} command lines`);
});

Deno.test("tasks that the documents name are there", async () => {
  const config = await Deno.readTextFile(join(ROOT, "deno.json"));
  const { tasks } = JSON.parse(config) as { tasks: Record<string, unknown> };
  for (const { path, text } of documents()) {
    for (const [, task] of text.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)) {
      assert.ok(Object.hasOwn(tasks, task!), `${path}: task ${task}`);
    }
  }
});

/** Examples that documents quote, by the document and the fence's language. */
const QUOTED = [
  ["docs/examples/my_stage.ts", "CONTRIBUTING.md", "ts"],
  ["docs/examples/mine.toml", "docs/pipelines.md", "toml"],
  ["docs/examples/photos.toml", "docs/presets.md", "toml"],
] as const;

for (const [example, path, language] of QUOTED) {
  Deno.test(`${path} quotes ${example}`, async () => {
    const document = documents().find((one) => one.path === path)!;
    const blocks = blocksOf(document, language).map((block) => {
      const indent = block.match(/^ */)![0];
      return block.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    });
    const text = await Deno.readTextFile(join(ROOT, example));
    assert.ok(blocks.includes(text), blocks.join("\n"));
  });
}

for (const table of GENERATED) {
  Deno.test(`the table of ${table.name} equals the declarations`, async () => {
    const text = await Deno.readTextFile(join(ROOT, table.file));
    const { start, end } = tablePlace(text, table);
    assert.deepEqual(
      rowsOf(text.slice(start, end)),
      await table.rows(),
      "deno run -A test/repository/generated_tables.ts writes it anew",
    );
  });
}
