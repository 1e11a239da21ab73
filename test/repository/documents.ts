import { join } from "node:path";
import { ROOT, sourceFiles } from "./source_files.ts";

/** A page for people. */
export interface Document {
  /** Path from the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** The pages that must be true of the code as it is. */
export function documents(): readonly Document[] {
  const paths = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...sourceFiles("docs", ".md"),
  ];
  return paths.map((path) => ({
    path,
    text: Deno.readTextFileSync(join(ROOT, path)),
  }));
}

/** The text of every fenced block of a language. */
export function blocksOf({ text }: Document, language: string): string[] {
  const fence = new RegExp(
    `^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``,
    "gm",
  );
  return [...text.matchAll(fence)].map(([, block]) => block!);
}

/** Every span of code in running text. */
export function spansOf({ text }: Document): string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```/gm, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) =>
    span!.replace(/\s+/g, " ")
  );
}

/** Cells of a table's rows, without head and rule. */
export function rowsOf(table: string): string[][] {
  const lines = table.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim())
  );
}
