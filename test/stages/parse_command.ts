import assert from "node:assert/strict";
import type { Command as Parsed } from "commander";
import { givenOptions } from "../../lib/cli/flags.ts";
import { buildProgram, type Declaration } from "../../lib/cli/program.ts";
import { checkOptions } from "../../lib/pipeline/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";

/** The declaration of a stage or command by its name. */
export async function declarationOf(name: string): Promise<Declaration> {
  if (Object.hasOwn(STAGES, name)) return await STAGES[name]!();
  assert.ok(Object.hasOwn(COMMANDS, name), `there is no command "${name}"`);
  return await COMMANDS[name]!();
}

/**
 * What the command line makes of the words after a command's name, options
 * checked as before a run; nothing runs.
 */
export async function parseCommand(
  declaration: Declaration,
  words: readonly string[],
): Promise<Parsed> {
  const { name, options } = declaration.stage ?? declaration.command;
  let parsed: Parsed | undefined;
  const program = buildProgram([declaration], {
    version: "0",
    action: (_, command) => {
      parsed = command;
      return Promise.resolve();
    },
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  }
  await program.parseAsync([name, ...words], { from: "user" });
  assert.ok(parsed, `${name} ${words.join(" ")} does not run`);
  const given = givenOptions(parsed, options);
  checkOptions(options, { given, where: `${name} ${words.join(" ")}` });
  return parsed;
}

/** Words between spaces. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain!);
}
