import type { Command } from "commander";

/** Adds `completions <shell>` and the hidden `complete -- …` that scripts call. */
export async function addCompletions(program: Command): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program, { completionCommandName: "completions" });
}
