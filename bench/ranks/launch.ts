import { UserError } from "../../lib/artifact/mod.ts";

/** A command that has ended. */
export interface Launched {
  readonly stdout: string;
  /** Of all its processes, and of those that they have started. */
  readonly processorSeconds: number;
}

/** How `mpirun` starts ranks that may use all processors. */
export function byRanks(ranks: number): readonly string[] {
  return ["mpirun", "--bind-to", "none", "-n", `${ranks}`];
}

/**
 * Runs a command; Open MPI takes it from root.
 *
 * @throws {UserError} with what it has said, where it fails or is not there
 */
export async function launch(
  [program, ...args]: readonly string[],
  cwd: string,
): Promise<Launched> {
  const before = childrenSeconds();
  const command = new Deno.Command(program!, {
    args,
    cwd,
    env: {
      INIT_CWD: cwd,
      OMPI_ALLOW_RUN_AS_ROOT: "1",
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, ...said } = await outputOf(command, program!);
  const decoder = new TextDecoder();
  if (!success) {
    const text = decoder.decode(said.stderr).trim();
    throw new UserError(`${program} has failed: ${text}`);
  }
  return {
    stdout: decoder.decode(said.stdout),
    processorSeconds: childrenSeconds() - before,
  };
}

async function outputOf(
  command: Deno.Command,
  program: string,
): Promise<Deno.CommandOutput> {
  try {
    return await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `Cannot run "${program}", which is missing: openmpi-bin and ` +
        "libopenmpi-dev of Debian have mpirun and mpicc",
    );
  }
}

/** Ticks of the system's clock in a second, as Linux tells them to programs. */
const TICKS = 100;

/** Processor time of the children that have ended, and of theirs; Linux. */
function childrenSeconds(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  // Fields 16 and 17 of proc(5); the name, the second, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
