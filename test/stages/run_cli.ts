import { join } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dirname!, "../..");

/** What a command left behind. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the product's own command line, with nothing on standard input. */
export async function spherear(
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CliResult> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...args],
    stdin: "null",
    cwd,
    // The tests themselves may be a task of deno, started somewhere else.
    env: { INIT_CWD: cwd, ...env },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return {
    code,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
  };
}
