import type { Command, Option } from "commander";

/** What may stand in the place of an unfinished word. */
interface Proposals {
  /** Words, each with what it means. */
  readonly words: readonly (readonly [word: string, meaning: string])[];
  /** Whether names of files fit too. */
  readonly files: boolean;
}

/** What scripts of completion read: files may follow, or nothing else may. */
const DIRECTIVES = { files: ":0", nothing: ":4" } as const;

/**
 * Proposals for the last of some words of a command line, as lines that
 * completion scripts read: a word, a tab and its meaning, then a directive.
 */
export function proposalLines(
  program: Command,
  words: readonly string[],
): readonly string[] {
  // bash gives "--flag=value" in three words, other shells in one.
  const split = words.flatMap((word) =>
    /^--[\w-]+=/.test(word)
      ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]
      : [word]
  );
  const last = split.at(-1) === "=" ? "" : split.at(-1) ?? "";
  const before = split.slice(0, -1).filter((word) => word !== "=");
  const { words: fitting, files } = proposed(program, { before, last });
  const lines = fitting.filter(([word]) => word.startsWith(last))
    .map(([word, meaning]) => `${word}\t${meaning}`);
  return [...lines, files ? DIRECTIVES.files : DIRECTIVES.nothing];
}

function proposed(
  program: Command,
  { before, last }: { before: readonly string[]; last: string },
): Proposals {
  const [name] = before;
  const command = program.commands.find((each) => each.name() === name);
  const within = command ?? program;
  const option = within.options.find(({ short, long }) =>
    [short, long].includes(before.at(-1) ?? "")
  );
  if (option !== undefined && !option.isBoolean()) return valuesOf(option);
  if (last.startsWith("-")) {
    return { words: flagsOf(within, last), files: false };
  }
  if (command === undefined) {
    const words = name === undefined ? commandsOf(program) : [];
    return { words, files: false };
  }
  const choices = command.registeredArguments
    .flatMap(({ argChoices = [] }) => argChoices);
  return { words: meaningless(choices), files: choices.length === 0 };
}

function commandsOf(program: Command): Proposals["words"] {
  const visible = program.createHelp().visibleCommands(program);
  return visible.map((each) => [each.name(), each.description()]);
}

function valuesOf({ argChoices = [], flags }: Option): Proposals {
  const isNumber = /<(?:count|number)>$/.test(flags);
  // A preset is one of the names, or a file.
  const files = !isNumber && !/<choice>$/.test(flags);
  return { words: meaningless(argChoices), files };
}

function flagsOf(command: Command, last: string): Proposals["words"] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ short, long, description }) => {
    const flag = last === "-" || last.startsWith("--") ? long : short;
    return flag === undefined ? [] : [[flag, description] as const];
  });
}

function meaningless(words: readonly string[]): Proposals["words"] {
  return words.map((word) => [word, ""]);
}
