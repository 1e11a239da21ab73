/** What a comment cites of the paper, such as `Eq. 7` or `Appendix A`. */
export interface Citation {
  readonly path: string;
  readonly line: number;
  /** In the paper's words: `Eq. 7`, `Section 3.1`, `Appendix A`, `Table 3`. */
  readonly what: string;
  /** The declaration that the comment belongs to, `""` for none. */
  readonly at: string;
}

/** A documenting comment, or line comments below each other. */
const COMMENT = /\/\*\*[\s\S]*?\*\/|\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*/g;

/** A kind of place and its first number, with further ones after "and" or "to". */
const PLACES =
  /\b(Eq\.|Equation|Section|Appendix|Appendice|Table|Figure|footnote)s? (\d+(?:\.\d+)?|[A-Z]\b)(?:(,| and| to) (\d+(?:\.\d+)?|[A-Z]\b))?/g;

/** Other spellings of a kind of place. */
const WORDS: Readonly<Record<string, string>> = {
  Equation: "Eq.",
  Appendice: "Appendix",
};

const DECLARATION =
  /^(?:export )?(?:async )?(?:function|const|interface|class|type) (\w+)/gm;

/** Everything that the comments of a file cite of the paper. */
export function citationsOf(path: string, text: string): readonly Citation[] {
  const declared = [...text.matchAll(DECLARATION)]
    .map((found) => ({ at: found.index, name: found[1]! }));
  return [...text.matchAll(COMMENT)].flatMap((comment) => {
    const end = comment.index + comment[0].length;
    const owner = comment[0].startsWith("/**") && isAtTop(text, comment.index)
      ? declared.find(({ at }) => at >= end)
      : declared.findLast(({ at }) => at < comment.index);
    const words = comment[0].replace(/\n\s*(?:\*|\/\/)?\s*/g, " ");
    return [...words.matchAll(PLACES)].flatMap((found) =>
      placesOf(found).map((what) => ({
        path,
        line: text.slice(0, comment.index).split("\n").length,
        what,
        at: owner?.name ?? "",
      }))
    );
  });
}

/** Whether a line starts here. */
function isAtTop(text: string, index: number): boolean {
  return index === 0 || text[index - 1] === "\n";
}

/** `Eq. 10 to 12` as each of its three. */
function placesOf(found: RegExpMatchArray): readonly string[] {
  const [, kind, first, link, last] = found;
  const word = WORDS[kind!] ?? kind;
  if (last === undefined) return [`${word} ${first}`];
  if (link !== " to") return [`${word} ${first}`, `${word} ${last}`];
  const [from, to] = [Number(first), Number(last)];
  return Array.from({ length: to - from + 1 }, (_, i) => `${word} ${from + i}`);
}
