import { join } from "node:path";

/** Stands on standard error before what a command line says. */
export const CASE_BEGINS = "\x01";

/** Stands after it, before the status, the milliseconds and the memory. */
export const CASE_ENDS = "\x02";

/** How one command line ended. */
export interface Ending {
  /** Exit status; undefined where the process died or hung. */
  readonly status: number | undefined;
  /** What it said on standard error. */
  readonly said: string;
  readonly ms: number;
  /** Memory of the process after it, in bytes. */
  readonly memory: number;
}

/** A process that says nothing for so long hangs. */
const SILENCE_MS = 120_000;

/**
 * Runs command lines one after another in a process of their own, with the
 * reference engine alone and nothing on standard input.
 *
 * @returns the endings, of which the last is the one that the process did not
 *   survive, if there is one
 */
export async function runInvocations(
  cases: readonly (readonly string[])[],
  { cwd }: { cwd: string },
): Promise<readonly Ending[]> {
  const list = join(cwd, "cases.json");
  await Deno.writeTextFile(list, JSON.stringify(cases));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(import.meta.dirname!, "_child.ts")]
      .concat(list),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    cwd,
  }).spawn();
  const said = await readAll(child);
  await child.status;
  await Deno.remove(list);
  return said.split(CASE_BEGINS).slice(1).map(endingOf);
}

/** All that a process says; it is killed where it falls silent. */
async function readAll(child: Deno.ChildProcess): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const kill = () => child.kill("SIGKILL");
  let timer = setTimeout(kill, SILENCE_MS);
  for await (const piece of child.stderr) {
    clearTimeout(timer);
    timer = setTimeout(kill, SILENCE_MS);
    text += decoder.decode(piece, { stream: true });
  }
  clearTimeout(timer);
  return text;
}

function endingOf(text: string): Ending {
  const [said = "", numbers] = text.split(CASE_ENDS);
  const [status, ms = 0, memory = 0] = (numbers ?? "").split(" ")
    .filter((number) => number !== "").map(Number);
  return { status, said: said.trim(), ms, memory };
}

/** What is wrong with an ending; undefined where it is a clean one. */
export function faultOf(
  { status, said, ms, memory }: Ending,
  { names, maxMs = 30_000, maxMemory = 2 ** 31 }: {
    /** What a refusal must name. */
    readonly names?: string;
    readonly maxMs?: number;
    readonly maxMemory?: number;
  } = {},
): string | undefined {
  if (status === undefined) return `the process died or hung: ${said}`;
  if (status !== 0 && status !== 2) return `status ${status}: ${said}`;
  if (ms > maxMs) return `it took ${ms} ms`;
  if (memory > maxMemory) return `the process holds ${memory} bytes after it`;
  if (status === 0) return undefined;
  if (!/^[^\n]{10,1500}$/.test(said)) return `not one line: ${said}`;
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(said)) return `control characters: ${said}`;
  if (/undefined|\[object|NaN is not|internal:/.test(said)) {
    return `words of the program, not of people: ${said}`;
  }
  return names !== undefined && !said.includes(names)
    ? `"${names}" is not named: ${said}`
    : undefined;
}
