import type { Command } from "commander";

/** Name of the command that writes a shell's completion script. */
const COMMAND = "completions";

/** Whether the command line asks for completions, or for help that lists them. */
export function isCompletion(args: readonly string[]): boolean {
  const [name] = args;
  return name === COMMAND || name === "complete";
}

/** Adds `completions <shell>` and the hidden `complete -- …` that scripts call. */
export async function addCompletions(program: Command): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program, { completionCommandName: COMMAND });
}
