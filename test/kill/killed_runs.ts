import assert from "node:assert/strict";
import { join } from "node:path";
import type { RandomStream } from "../../lib/random/mod.ts";
import { ROOT } from "../stages/run_cli.ts";
import { folderContent, newestFile } from "./folder_content.ts";
import type { KilledRow } from "./row.ts";

/** How a process ended. */
interface Ending {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly said: string;
}

/** A row that ran in a folder without being killed. */
export interface WholeRun {
  readonly row: KilledRow;
  readonly wholeMs: number;
  /** What the folder then holds. */
  readonly content: readonly string[];
}

/** A kill that a process did not survive. */
interface Kill {
  readonly atMs: number;
  /** The file that was written last before it. */
  readonly newest: string;
}

/**
 * Runs a row in a folder that is made for it.
 *
 * @throws {Error} where it does not end well
 */
export async function runWhole(
  row: KilledRow,
  folder: string,
): Promise<WholeRun> {
  await makeFolder(row, folder);
  const startMs = performance.now();
  await runToEnd(row, folder);
  const wholeMs = performance.now() - startMs;
  return { row, wholeMs, content: await folderContent(folder) };
}

/**
 * Kills the processes of a row at random moments, one to three times unless they
 * end before, then lets them end.
 *
 * @param folder is made for it, beside those of the rows before
 * @throws {Error} where they do not end well, or leave anything else than those
 *   that nobody killed
 */
export async function killedRun(
  { row, wholeMs, content }: WholeRun,
  { folder, draws }: { readonly folder: string; readonly draws: RandomStream },
): Promise<readonly Kill[]> {
  const times = 1 + draws.integer(3);
  const first = await firstKills(row, { folder, draws, wholeMs });
  const kills = [...first.kills];
  for (let i = 1; i < times; i++) {
    const more = await runKilled(row, {
      folder,
      draws,
      withinMs: first.withinMs,
    });
    if (more.length === 0) break;
    kills.push(...more);
  }
  await runToEnd(row, folder);
  const where = `${row.name}: other files after kills at ${killsText(kills)}`;
  assert.deepEqual(await folderContent(folder), content, where);
  return kills;
}

/** Runs a row anew until a kill comes before its end, ever sooner. */
async function firstKills(
  row: KilledRow,
  { folder, draws, wholeMs }: {
    readonly folder: string;
    readonly draws: RandomStream;
    readonly wholeMs: number;
  },
): Promise<{ readonly kills: readonly Kill[]; readonly withinMs: number }> {
  for (let withinMs = wholeMs;;) {
    await makeFolder(row, folder);
    const startMs = performance.now();
    const kills = await runKilled(row, { folder, draws, withinMs });
    if (kills.length > 0) return { kills, withinMs };
    withinMs = Math.min(withinMs, performance.now() - startMs);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Kills each process of a row at a moment of its own; some may end before. */
async function runKilled(
  { lines }: KilledRow,
  { folder, draws, withinMs }: {
    readonly folder: string;
    readonly draws: RandomStream;
    readonly withinMs: number;
  },
): Promise<readonly Kill[]> {
  const sinceMs = Date.now();
  const kills = await Promise.all(lines.map(async (line) => {
    const atMs = draws.integer(Math.ceil(withinMs));
    const { signal } = await run(line, { folder, killAfterMs: atMs });
    return signal === null ? [] : [{
      atMs,
      newest: newestFile(folder, sinceMs),
    }];
  }));
  return kills.flat();
}

/** Kills in words: when, and what was written last. */
export function killsText(kills: readonly Kill[]): string {
  return kills.map(({ atMs, newest }) => `${atMs} ms (${newest})`).join(", ");
}

async function makeFolder(
  { files = {} }: KilledRow,
  folder: string,
): Promise<void> {
  await Deno.mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
}

async function runToEnd({ name, lines }: KilledRow, folder: string) {
  const endings = lines.map((line) => run(line, { folder }));
  for (const { code, said } of await Promise.all(endings)) {
    if (code !== 0) throw new Error(`${name} ends with ${code}: ${said}`);
  }
}

/**
 * Runs a command line in a folder.
 *
 * @param killAfterMs when the process gets SIGKILL; never, if not given
 */
async function run(
  line: string,
  { folder, killAfterMs }: { folder: string; killAfterMs?: number },
): Promise<Ending> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...line.split(" ")],
    env: { INIT_CWD: folder, NO_COLOR: "1" },
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = killAfterMs === undefined
    ? undefined
    : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const { code, signal, stderr } = await child.output();
  clearTimeout(kill);
  return { code, signal, said: new TextDecoder().decode(stderr) };
}
