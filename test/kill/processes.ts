/** A process of the system's table. */
interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** Processes that one has started, and those that they have: their numbers. */
export function processesBelow(pid: number): readonly number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter((process) => process.parent === parent)
      .flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** How launchers number the processes that they start. */
const RANK = /(?:^|\0)(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)/;

/** Processes below one that are ranks of Deno, by their rank. */
export function ranksBelow(pid: number): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const below of processesBelow(pid)) {
    const rank = RANK.exec(textOf(`${below}/environ`))?.[1];
    const [program] = textOf(`${below}/cmdline`).split("\0");
    if (rank !== undefined && program === Deno.execPath()) {
      found.set(Number(rank), below);
    }
  }
  return found;
}

/**
 * Waits until processes have ended.
 *
 * @throws {Error} naming those that have not within a time
 */
export async function haveEnded(
  pids: readonly number[],
  withinMs: number,
): Promise<void> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const alive = processes().map(({ pid }) => pid)
      .filter((pid) => pids.includes(pid));
    if (alive.length === 0) return;
    if (performance.now() > untilMs) {
      throw new Error(`Processes ${alive} are there after ${withinMs} ms`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Those that run; a zombie does not. */
function processes(): readonly Process[] {
  const found: Process[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = textOf(`${name}/stat`);
    // The program's name stands in brackets and may hold any character.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (text === "" || fields[0] === "Z") continue;
    found.push({ pid: Number(name), parent: Number(fields[1]) });
  }
  return found;
}

/** What the system says of a process; nothing where it is gone. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch {
    // It has ended since.
    return "";
  }
}
