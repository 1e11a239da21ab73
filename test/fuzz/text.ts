import type { RandomStream } from "../../lib/random/mod.ts";

/** Quoted words, bare words and numbers, and single signs. */
const TOKEN = /"[^"\n]*"|[\w.+-]+|\S/g;

/** Numbers that sizes and schedules seldom expect. */
const NUMBERS = [
  "2",
  "3",
  "8",
  "12",
  "0",
  "-1",
  "1",
  "0.5",
  "65536",
  "65537",
  "4294967296",
  "9007199254740993",
  "1e308",
  "1e999",
  "-0",
  "nan",
  "inf",
];

/** Words that names, paths and choices seldom expect. */
const WORDS = [
  '""',
  '"../../elsewhere"',
  '"/etc/passwd"',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  `"${"long".repeat(500)}"`,
  "true",
  "null",
  "[]",
  "{}",
  "[1, 2]",
  "[".repeat(60) + "]".repeat(60),
  '{"a":'.repeat(60) + "1" + "}".repeat(60),
];

interface Token {
  readonly at: number;
  readonly text: string;
}

/** Ways to spoil one token of a text. */
const MUTATIONS: readonly ((
  text: string,
  token: Token,
  draws: RandomStream,
) => string)[] = [
  alike,
  alike,
  alike,
  (text, token, draws) => replaced(text, token, one(NUMBERS, draws)),
  (text, token, draws) => replaced(text, token, one(WORDS, draws)),
  (text, token) => replaced(text, token, ""),
  (text, token) => replaced(text, token, `${token.text} ${token.text}`),
  (text, token, draws) =>
    replaced(text, token, one(tokensOf(text), draws).text),
  (text, token) => text.slice(0, token.at),
  (text, { at }, draws) => {
    const lines = text.split("\n");
    const line = text.slice(0, at).split("\n").length - 1;
    lines.splice(draws.integer(lines.length), 0, lines[line]!);
    return lines.join("\n");
  },
];

/** Another number for a number, another text for a text. */
function alike(text: string, token: Token, draws: RandomStream): string {
  const first = token.text[0]!;
  const others = /[\d-]/.test(first)
    ? NUMBERS
    : first === '"'
    ? [...WORDS, ...tokensOf(text).map((other) => other.text)]
      .filter((word) => word.startsWith('"'))
    : [token.text];
  return replaced(text, token, one(others, draws));
}

/** A text such as JSON or TOML with one to three tokens spoiled. */
export function spoiledText(whole: string, draws: RandomStream): string {
  let text = whole;
  for (let left = 1 + draws.integer(3); left > 0; left--) {
    const tokens = tokensOf(text);
    if (tokens.length === 0) break;
    text = one(MUTATIONS, draws)(text, one(tokens, draws), draws);
  }
  return text;
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)]
    .map((match) => ({ at: match.index, text: match[0] }));
}

function replaced(text: string, { at, text: old }: Token, by: string): string {
  return text.slice(0, at) + by + text.slice(at + old.length);
}

function one<T>(items: readonly T[], draws: RandomStream): T {
  return items[draws.integer(items.length)]!;
}
