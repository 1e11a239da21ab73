import { fileURLToPath } from "node:url";
import { engineAvailable } from "./engines.ts";
import { findLaunchers, type MpiLauncher } from "./launchers.ts";

/** What ranks left when they had ended. */
export interface RanksResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What ranks run. */
export interface RanksOptions {
  readonly ranks: number;
  /** A file of TypeScript, and its arguments. */
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Ends a test that hangs; more than any takes. */
const LIMIT_MS = 120_000;

/** Runs a program as ranks of a launcher, to its end. */
export async function runRanks(
  launcher: MpiLauncher,
  options: RanksOptions,
): Promise<RanksResult> {
  const child = ranksCommand(launcher, options).spawn();
  const timer = setTimeout(() => child.kill("SIGTERM"), LIMIT_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** The command that starts ranks. */
export function ranksCommand(
  { program, flags, env: ofLauncher }: MpiLauncher,
  { ranks, script, args = [], env = {} }: RanksOptions,
): Deno.Command {
  const deno = [Deno.execPath(), "run", "-A", "--no-check"];
  const file = fileURLToPath(script);
  return new Deno.Command(program, {
    args: [...flags, "-n", `${ranks}`, ...deno, file, ...args],
    env: { NO_COLOR: "1", ...ofLauncher, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/**
 * Declares a test of all MPIs that are installed; without any it is ignored, and
 * fails where SPHEREAR_REQUIRE_ENGINES names mpi.
 *
 * @param options.unless why it is ignored otherwise
 */
export async function testWithLaunchers(
  name: string,
  test: (launchers: readonly MpiLauncher[]) => Promise<void>,
  { unless }: { readonly unless?: string | undefined } = {},
): Promise<void> {
  const { reason } = await engineAvailable("mpi");
  const launchers = await findLaunchers();
  const why = launchers.length === 0 ? reason : unless;
  Deno.test({
    name: why === undefined ? name : `${name} (ignored: ${why})`,
    ignore: why !== undefined,
    fn: () => test(launchers),
  });
}

/**
 * Declares a test for every MPI that is installed; without any it is ignored,
 * and fails where SPHEREAR_REQUIRE_ENGINES names mpi.
 */
export async function testOnLaunchers(
  name: string,
  test: (launcher: MpiLauncher) => Promise<void>,
): Promise<void> {
  const { reason } = await engineAvailable("mpi");
  const launchers = await findLaunchers();
  if (launchers.length === 0) {
    Deno.test({ name: `${name} (ignored: ${reason})`, ignore: true, fn() {} });
  }
  for (const launcher of launchers) {
    Deno.test(`${name}, by ${launcher.title}`, () => test(launcher));
  }
}
