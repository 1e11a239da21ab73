import assert from "node:assert/strict";
import { join } from "node:path";
import type { RandomStream } from "../../lib/random/mod.ts";
import { findLaunchers } from "../launchers.ts";
import { ROOT } from "../stages/run_cli.ts";
import { folderContent, newestFile } from "./folder_content.ts";
import { haveEnded, processesBelow } from "./processes.ts";
import type { KilledRow } from "./row.ts";

/** How a process ended. */
interface Ending {
  readonly code: number;
  /** Whether it was killed before. */
  readonly isKilled: boolean;
  readonly said: string;
}

/** Starts ranks, where MPI is installed. */
const [LAUNCHER] = await findLaunchers();

/** Within this time all ranks end where one was killed. */
const ENDED_MS = 30_000;

/** Whether a row can run here: one of ranks needs MPI. */
export function canRun({ ranks }: KilledRow): boolean {
  return ranks === undefined || LAUNCHER !== undefined;
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
  await runToEnd(row, { folder, turn: 0 });
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
  for (let turn = 1; turn < times; turn++) {
    const more = await runKilled(row, {
      folder,
      draws,
      turn,
      withinMs: first.withinMs,
    });
    if (more.length === 0) break;
    kills.push(...more);
  }
  await runToEnd(row, { folder, turn: times });
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
    const kills = await runKilled(row, { folder, draws, turn: 0, withinMs });
    if (kills.length > 0) return { kills, withinMs };
    withinMs = Math.min(withinMs, performance.now() - startMs);
    await Deno.remove(folder, { recursive: true });
  }
}

/** Kills each process of a row at a moment of its own; some may end before. */
async function runKilled(
  row: KilledRow,
  { folder, draws, turn, withinMs }: {
    readonly folder: string;
    readonly draws: RandomStream;
    readonly turn: number;
    readonly withinMs: number;
  },
): Promise<readonly Kill[]> {
  const sinceMs = Date.now();
  const ranks = ranksOf(row, turn);
  const kills = await Promise.all(row.lines.map(async (line) => {
    const atMs = draws.integer(Math.ceil(withinMs));
    const victim = ranks && draws.integer(ranks + 1);
    const kill = { atMs, victim };
    const { isKilled } = await run(line, { folder, ranks, kill });
    return isKilled ? [{ atMs, newest: newestFile(folder, sinceMs) }] : [];
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

async function runToEnd(
  row: KilledRow,
  { folder, turn }: { readonly folder: string; readonly turn: number },
): Promise<void> {
  const ranks = ranksOf(row, turn);
  const endings = row.lines.map((line) => run(line, { folder, ranks }));
  for (const { code, said } of await Promise.all(endings)) {
    if (code !== 0) throw new Error(`${row.name} ends with ${code}: ${said}`);
  }
}

/** How many ranks do a row's lines at one of its runs; undefined for none. */
function ranksOf({ ranks }: KilledRow, turn: number): number | undefined {
  return ranks?.[turn % ranks.length];
}

/**
 * Runs a command line in a folder, by ranks where it is told so.
 *
 * @param options.kill what gets SIGKILL, and when; nothing unless given
 * @throws {Error} where ranks outlive one that was killed by half a minute
 */
async function run(
  line: string,
  { folder, ranks, kill }: {
    readonly folder: string;
    readonly ranks?: number | undefined;
    readonly kill?: {
      readonly atMs: number;
      /** 0 is the process itself, others those that it has started. */
      readonly victim?: number | undefined;
    };
  },
): Promise<Ending> {
  const own = [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    join(ROOT, "cli.ts"),
  ];
  const launcher = ranks === undefined
    ? []
    : [LAUNCHER!.program, ...LAUNCHER!.flags, "-n", `${ranks}`];
  const [program, ...args] = [...launcher, ...own, ...line.split(" ")];
  const child = new Deno.Command(program!, {
    args,
    env: { INIT_CWD: folder, NO_COLOR: "1", ...LAUNCHER?.env },
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let started: readonly number[] = [];
  let isKilled = false;
  const timer = kill && setTimeout(() => {
    started = processesBelow(child.pid);
    const pids = [child.pid, ...started];
    Deno.kill(pids[kill.victim ?? 0] ?? child.pid, "SIGKILL");
    isKilled = true;
  }, kill.atMs);
  const { code, stderr } = await child.output();
  clearTimeout(timer);
  if (isKilled) await haveEnded(started, ENDED_MS);
  return { code, isKilled, said: new TextDecoder().decode(stderr) };
}
