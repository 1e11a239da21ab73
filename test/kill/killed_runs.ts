import assert from "node:assert/strict";
import { join } from "node:path";
import type { RandomStream } from "../../lib/random/mod.ts";
import { findLaunchers, type MpiLauncher } from "../launchers.ts";
import { ROOT } from "../stages/run_cli.ts";
import { folderContent, newestFile } from "./folder_content.ts";
import { haveEnded, processesBelow, ranksBelow } from "./processes.ts";
import type { KilledRow } from "./row.ts";

/** How a process ended. */
interface Ending {
  readonly code: number;
  /** What was killed before, if anything. */
  readonly hit: Hit | undefined;
  readonly said: string;
}

/** Who works at a row in one of its runs. */
interface Workers {
  readonly launcher: MpiLauncher;
  readonly ranks: number;
}

/** What start ranks, where MPI is installed. */
const LAUNCHERS = await findLaunchers();

/** Within this time all ranks end where one was killed. */
const ENDED_MS = 30_000;

/** Whether a row can run here: one of ranks needs MPI. */
export function canRun({ ranks }: KilledRow): boolean {
  return ranks === undefined || LAUNCHERS.length > 0;
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
  /** What it hit. */
  readonly victim: string;
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
  const launcher = row.ranks && draws.integer(LAUNCHERS.length);
  const workers = workersOf(row, { turn, launcher });
  const kills = await Promise.all(row.lines.map(async (line) => {
    const atMs = draws.integer(Math.ceil(withinMs));
    const rank = workers && draws.integer(workers.ranks + 1) - 1;
    const kill = { atMs, rank };
    const { hit } = await run(line, { folder, workers, kill });
    if (hit === undefined) return [];
    const victim = victimText(workers, hit.rank);
    return [{ atMs, victim, newest: newestFile(folder, sinceMs) }];
  }));
  return kills.flat();
}

/** Kills in words: when, what of several was hit, and what was written last. */
export function killsText(kills: readonly Kill[]): string {
  return kills.map(({ atMs, victim, newest }) =>
    `${atMs} ms (${victim}${newest})`
  ).join(", ");
}

function victimText(workers: Workers | undefined, rank = -1): string {
  if (workers === undefined) return "";
  const { launcher: { title }, ranks } = workers;
  const hit = rank < 0 ? "launcher" : `rank ${rank}`;
  return `${hit} of ${ranks} by ${title}, `;
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
  const workers = workersOf(row, { turn });
  const endings = row.lines.map((line) => run(line, { folder, workers }));
  for (const { code, said } of await Promise.all(endings)) {
    if (code !== 0) throw new Error(`${row.name} ends with ${code}: ${said}`);
  }
}

/** Who does a row's lines at one of its runs; undefined for one process. */
function workersOf(
  { ranks }: KilledRow,
  { turn, launcher = 0 }: {
    readonly turn: number;
    readonly launcher?: number | undefined;
  },
): Workers | undefined {
  if (ranks === undefined) return undefined;
  return {
    launcher: LAUNCHERS[launcher]!,
    ranks: ranks[turn % ranks.length]!,
  };
}

/** A kill that is meant for a process. */
interface Aim {
  readonly atMs: number;
  /** Which rank of several; -1 is their launcher. */
  readonly rank?: number | undefined;
}

/**
 * Runs a command line in a folder, by ranks where it is told so.
 *
 * @param options.kill what gets SIGKILL, and when; nothing unless given
 * @throws {Error} where ranks outlive one that was killed by half a minute, or
 *   nobody says which it was
 */
async function run(
  line: string,
  { folder, workers, kill }: {
    readonly folder: string;
    readonly workers?: Workers | undefined;
    readonly kill?: Aim;
  },
): Promise<Ending> {
  const child = start(line, { folder, workers });
  let hit = undefined as Hit | undefined;
  const strikeIt = () => void (hit = strike(child.pid, kill!));
  const timer = kill && setTimeout(strikeIt, kill.atMs);
  const { code, stderr } = await child.output();
  clearTimeout(timer);
  const said = new TextDecoder().decode(stderr);
  if (hit !== undefined) await haveEnded(hit.started, ENDED_MS);
  const isNamed = hit?.isWatched || workers?.launcher.namesKilled;
  if (hit?.rank !== undefined && isNamed) {
    assert.match(said, new RegExp(`\\brank ${hit.rank}\\b`, "i"));
  }
  return { code, hit, said };
}

function start(
  line: string,
  { folder, workers }: {
    readonly folder: string;
    readonly workers?: Workers | undefined;
  },
): Deno.ChildProcess {
  const { launcher, ranks } = workers ?? {};
  const launching = launcher === undefined
    ? []
    : [launcher.program, ...launcher.flags, "-n", `${ranks}`];
  const own = [Deno.execPath(), "run", "-A", "--no-check"];
  const cli = join(ROOT, "cli.ts");
  const [program, ...args] = [...launching, ...own, cli, ...line.split(" ")];
  return new Deno.Command(program!, {
    args,
    env: { INIT_CWD: folder, NO_COLOR: "1", ...launcher?.env },
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** What a kill hit. */
interface Hit {
  /** Processes that were there, beside the one that was started. */
  readonly started: readonly number[];
  /** The rank; a process alone and launchers have none. */
  readonly rank?: number;
  /** Whether a process beside the rank was there to say which it was. */
  readonly isWatched: boolean;
}

/** Kills a rank below a process, or the process itself. */
function strike(pid: number, { rank = -1 }: Aim): Hit {
  const started = processesBelow(pid);
  const victim = ranksBelow(pid).get(rank);
  // What stands beside a rank under MPICH comes before it joins the others.
  const isWatched = victim !== undefined && processesBelow(victim).length > 0;
  Deno.kill(victim ?? pid, "SIGKILL");
  return { started, isWatched, ...(victim !== undefined && { rank }) };
}
