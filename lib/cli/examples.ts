import type { Example } from "../pipeline/mod.ts";

/** Columns of a line before it is continued on the next one. */
const WIDTH = 78;

/** The end of a command's help: each example under what it does. */
export function examplesText(
  { name, examples }: {
    readonly name: string;
    readonly examples: readonly Example[];
  },
): string {
  const texts = examples.map(({ does, args }) =>
    `  # ${does}\n${commandLines(name, args).join(" \\\n")}`
  );
  return `\nExamples:\n${texts.join("\n\n")}`;
}

/** `spherear NAME ARGS`, broken before flags where it is too long. */
function commandLines(name: string, args: string): readonly string[] {
  const lines = [`  spherear ${name}`];
  for (const part of args.split(/ (?=-)/).filter((one) => one !== "")) {
    const last = lines.at(-1)!;
    if (last.length + 1 + part.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${part}`;
    } else lines.push(`      ${part}`);
  }
  return lines;
}
