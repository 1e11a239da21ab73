import assert from "node:assert/strict";
import { join } from "node:path";
import { PRESET_NAMES, statementsOf } from "../../lib/preset/table.ts";
import { type Citation, citationsOf } from "./citations.ts";
import { rowsOf } from "./documents.ts";
import { productFiles, ROOT } from "./source_files.ts";

const PAGE = await Deno.readTextFile(join(ROOT, "docs/paper.md"));

/** The rows of the table below a heading of docs/paper.md. */
function rowsBelow(heading: string): string[][] {
  const from = PAGE.indexOf(`## ${heading}\n`);
  const next = PAGE.indexOf("\n## ", from + 1);
  return rowsOf(PAGE.slice(from, next < 0 ? undefined : next));
}

const EQUATIONS = rowsBelow("Equations");
const SECTIONS = rowsBelow("Sections");

/** A file and a name in it, as the page writes them. */
const PLACE = /^`([\w./-]+\.ts)` `(\w+)`$/;

/** What the paper has beside equations and sections: its own counts. */
const COUNTS = { Table: 5, Figure: 21, footnote: 3 } as const;

function citable(): ReadonlySet<string> {
  const counted = Object.entries(COUNTS).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`)
  );
  return new Set([
    ...EQUATIONS.map(([name]) => name!),
    ...SECTIONS.map(([name]) => name!),
    ...counted,
  ]);
}

async function citations(): Promise<readonly Citation[]> {
  const all = await Promise.all(
    productFiles().map(async (path) =>
      citationsOf(path, await Deno.readTextFile(join(ROOT, path)))
    ),
  );
  return all.flat();
}

function shown({ path, line, what, at }: Citation): string {
  return `${path}:${line} (${at}) cites ${what}`;
}

Deno.test("the page lists what the paper has", () => {
  assert.deepEqual(
    EQUATIONS.map(([name]) => name),
    Array.from({ length: 13 }, (_, i) => `Eq. ${i + 1}`),
  );
  const sections = "1 2 3 3.1 3.2 3.3 4 4.1 4.2 4.3 5".split(" ");
  assert.deepEqual(
    SECTIONS.map(([name]) => name).filter((name) => name !== ""),
    [
      ...sections.map((number) => `Section ${number}`),
      ...[..."ABCDEFGHIJK"].map((letter) => `Appendix ${letter}`),
    ],
  );
});

Deno.test("every function that the page names is where it says", async () => {
  const places = [...EQUATIONS, ...SECTIONS].map((row) => row.at(-1)!)
    .flatMap((cell) => cell.match(PLACE) === null ? [] : [cell.match(PLACE)!]);
  assert.ok(places.length > 30, `${places.length} places`);
  for (const [, path, name] of places) {
    const text = await Deno.readTextFile(join(ROOT, path!));
    const declaration = new RegExp(
      `^(?:export )?(?:async )?(?:function|const|class) ${name}\\b`,
      "m",
    );
    assert.match(text, declaration, `${path} declares no ${name}`);
  }
});

Deno.test("every cell of the page names a function, says why not, or is empty", () => {
  for (const row of [...EQUATIONS, ...SECTIONS]) {
    const cell = row.at(-1)!;
    const isKnown = cell === "" || PLACE.test(cell) ||
      cell.startsWith("no function: ");
    assert.ok(isKnown, cell);
  }
});

Deno.test("comments cite what the paper has", async () => {
  const known = citable();
  const wrong = (await citations()).filter(({ what }) => !known.has(what));
  assert.deepEqual(wrong.map(shown), []);
});

Deno.test("presets name sections, appendices and tables of the paper", () => {
  const known = citable();
  const statements = PRESET_NAMES.flatMap((name) => statementsOf(name));
  const places = statements.map(({ source }) => source)
    .filter(({ kind }) => kind === "paper")
    .map(({ where }) => where.split(",")[0]!);
  assert.ok(places.length > 10, `${places.length} places`);
  assert.deepEqual(places.filter((place) => !known.has(place)), []);
});

Deno.test("each equation is cited at the one function that the page names", async () => {
  const cited = await citations();
  for (const [equation, , cell] of EQUATIONS) {
    const found = cited.filter(({ what }) => what === equation)
      .map(({ path, at }) => `\`${path}\` \`${at}\``);
    const expected = PLACE.test(cell!) ? [cell] : [];
    assert.deepEqual([...new Set(found)], expected, equation);
  }
});
