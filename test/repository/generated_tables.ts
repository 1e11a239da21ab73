/**
 * Tables of the documents that follow from declarations. A test compares them;
 * `deno run -A test/repository/generated_tables.ts` writes them anew.
 */
import { join } from "node:path";
import { dtypesOf, kindRule, KINDS } from "../../lib/artifact/kinds.ts";
import type { ArtifactKind, TensorRule } from "../../lib/artifact/kinds.ts";
import {
  type Backbone,
  BACKBONES,
  type Posterior,
  POSTERIORS,
} from "../../lib/model/mod.ts";
import { METRIC_NAMES, metricOf } from "../../lib/metric/mod.ts";
import {
  OFFICIAL,
  type Official,
  type OfficialFile,
} from "../../lib/official/mod.ts";
import { byteText } from "../../lib/pipeline/mod.ts";
import { NUMBERS } from "../../lib/preset/paths.ts";
import {
  LISTED,
  listedCells,
  type ListedPreset,
  listPresets,
} from "../../lib/workflow/presets/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";
import { ROOT, runDeno } from "./source_files.ts";

/** A table between `<!-- table: NAME -->` and `<!-- end -->`. */
export interface GeneratedTable {
  readonly file: string;
  readonly name: string;
  readonly head: readonly string[];
  rows(): Promise<readonly (readonly string[])[]>;
}

/** Every table that is generated. */
export const GENERATED: readonly GeneratedTable[] = [
  {
    file: "docs/commands.md",
    name: "commands",
    head: ["command", "what it does"],
    rows: commandRows,
  },
  {
    file: "docs/fetch.md",
    name: "official",
    head: ["name", "what it is", "for", "files", "size", "digest", "licence"],
    rows: () => Promise.resolve(Object.entries(OFFICIAL).map(officialRow)),
  },
  {
    file: "docs/formats.md",
    name: "kinds",
    head: ["kind", "what it holds", "tensors"],
    rows: () => Promise.resolve(Object.keys(KINDS).flatMap(kindRows)),
  },
  {
    file: "docs/training.md",
    name: "posteriors",
    head: ["posterior", "what it is", "on the sphere", "own numbers"],
    rows: () => Promise.resolve(Object.entries(POSTERIORS).map(posteriorRow)),
  },
  {
    file: "docs/training.md",
    name: "backbones",
    head: ["backbone", "what it is", "own sizes"],
    rows: () => Promise.resolve(Object.entries(BACKBONES).map(backboneRow)),
  },
  {
    file: "docs/evaluation.md",
    name: "metrics",
    head: ["figure", "what it is", "better", "of"],
    rows: () => Promise.resolve(METRIC_NAMES.map(metricRow)),
  },
  {
    file: "docs/presets.md",
    name: "presets",
    head: LISTED,
    rows: async () => (await listPresets()).map(presetRow),
  },
  {
    file: "docs/presets.md",
    name: "numbers",
    head: ["number", "what it is"],
    rows: () => Promise.resolve([...NUMBERS].map(numberRow)),
  },
];

function metricRow(name: (typeof METRIC_NAMES)[number]): string[] {
  const metric = metricOf(name);
  const { title, unit, better } = metric;
  const of = metric.of === "pairs"
    ? "images beside their originals"
    : `\`${metric.needs.features}\` of ${metric.needs.network}`;
  return [`\`${name}\``, unit === "" ? title : `${title}, ${unit}`, better, of];
}

function officialRow([name, row]: readonly [string, Official]): string[] {
  const { title, use, licence, files } = row;
  const each = (text: (file: OfficialFile) => string) =>
    files.map(text).join(", ");
  return [
    `\`${name}\``,
    title,
    use,
    each(({ file }) => `\`${file}\``),
    each(({ bytes }) => bytes === undefined ? "not known" : byteText(bytes)),
    each(({ sha256 }) => sha256 === undefined ? "not known" : "known"),
    licence,
  ];
}

function posteriorRow([name, row]: readonly [string, Posterior]): string[] {
  const { title, onSphere, numbers } = row;
  return [`\`${name}\``, title, onSphere ? "yes" : "no", namesOf(numbers)];
}

function backboneRow([name, row]: readonly [string, Backbone]): string[] {
  return [`\`${name}\``, row.title, namesOf(row.sizes)];
}

function namesOf(numbers: object): string {
  return Object.keys(numbers).map((name) => `\`${name}\``).join(", ");
}

function presetRow(preset: ListedPreset): string[] {
  const [name, ...cells] = listedCells(preset);
  return [`\`${name}\``, ...cells];
}

function numberRow([path, help]: readonly [string, string]): string[] {
  return [`\`${path}\``, help];
}

async function commandRows(): Promise<string[][]> {
  const stages = await Promise.all(
    Object.values(STAGES).map(async (load) => (await load()).stage),
  );
  const commands = await Promise.all(
    Object.values(COMMANDS).map(async (load) => (await load()).command),
  );
  return [...stages, ...commands]
    .map(({ name, summary }) => [`\`${name}\``, summary]);
}

/** A kind, or each of its forms. */
function kindRows(kind: string): string[][] {
  const { summary, tensors, forms, free } = kindRule(kind as ArtifactKind);
  const each = Object.entries(forms ?? { "": { summary: "", tensors: {} } });
  return each.map(([form, own]) => [
    form === "" ? `\`${kind}\`` : `\`${kind}\`, form \`${form}\``,
    form === "" ? summary : `${summary}: ${own.summary}`,
    [
      ...Object.entries({ ...own.tensors, ...tensors })
        .map(([name, rule]) => `\`${name}\` ${ruleText(rule)}`),
      ...free ? ["any"] : [],
    ].join(", "),
  ]);
}

/** As `F32? [images, tokens]`. */
function ruleText({ dtype, shape, optional }: TensorRule): string {
  const types = dtypesOf(dtype).join(" or ");
  return `${types}${optional ? "?" : ""} [${shape.join(", ")}]`;
}

/** Where a table stands in the text of its file: the lines between its marks. */
export function tablePlace(
  text: string,
  { name, file }: GeneratedTable,
): { start: number; end: number } {
  const mark = `<!-- table: ${name} -->\n`;
  const at = text.indexOf(mark);
  const end = text.indexOf("<!-- end -->", at);
  if (at < 0 || end < 0) throw new Error(`No table "${name}" in ${file}`);
  return { start: at + mark.length, end };
}

async function write(table: GeneratedTable): Promise<void> {
  const path = join(ROOT, table.file);
  const text = await Deno.readTextFile(path);
  const { start, end } = tablePlace(text, table);
  const rule = table.head.map(() => "---");
  const lines = [table.head, rule, ...await table.rows()]
    .map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  await Deno.writeTextFile(
    path,
    `${text.slice(0, start)}\n${lines}\n${text.slice(end)}`,
  );
  await runDeno(["fmt", "-q", table.file]);
}

if (import.meta.main) {
  for (const table of GENERATED) await write(table);
}
