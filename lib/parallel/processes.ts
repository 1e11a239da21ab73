/** One process above this one, in the system's table. */
export interface Ancestor {
  readonly pid: number;
  /** Its program's name, cut at 15 characters. */
  readonly name: string;
  /** When it began, in ticks of the system: a number may be given again. */
  readonly startedTicks: number;
}

/**
 * Programs that start ranks and end with them: those of Open MPI 4 and 5,
 * MPICH and Slurm, on the first machine and on others.
 */
const LAUNCHER_PROGRAMS: ReadonlySet<string> = new Set([
  "mpirun",
  "mpiexec",
  "orterun",
  "orted",
  "prterun",
  "prte",
  "prted",
  "mpiexec.hydra",
  "hydra_pmi_proxy",
  "slurmstepd",
]);

/** The nearest process above this one that launches ranks, where it is known. */
export function launcherProcess(): Ancestor | undefined {
  for (let pid = Deno.ppid; pid > 1;) {
    const found = processOf(pid);
    if (found === undefined) return undefined;
    if (LAUNCHER_PROGRAMS.has(found.name)) return found;
    pid = found.parent;
  }
  return undefined;
}

/** Whether a process that was found before is still there. */
export function isAlive({ pid, startedTicks }: Ancestor): boolean {
  return processOf(pid)?.startedTicks === startedTicks;
}

/** The file of its program; undefined where the system does not say. */
export function programOf({ pid }: Ancestor): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

/** A line of the system's table; undefined without the process, or a table. */
function processOf(pid: number): Ancestor & { parent: number } | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The name stands in brackets and may hold any character.
  const end = text.lastIndexOf(")");
  const name = text.slice(text.indexOf("(") + 1, end);
  const fields = text.slice(end + 2).split(" ");
  // Fields 3, 4 and 22 of proc(5); a zombie is no longer there.
  if (fields[0] === "Z") return undefined;
  return {
    pid,
    name,
    parent: Number(fields[1]),
    startedTicks: Number(fields[19]),
  };
}
