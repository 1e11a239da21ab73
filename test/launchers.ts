/** An installed program that starts ranks of MPI. */
export interface MpiLauncher {
  readonly title: string;
  readonly program: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it says itself which rank was killed. */
  readonly namesKilled: boolean;
}

/**
 * Debian's names, which lie side by side. More ranks than processors may be
 * asked for, also by root, and every rank may use all processors.
 */
const LAUNCHERS: readonly MpiLauncher[] = [
  {
    title: "Open MPI",
    program: "mpirun.openmpi",
    flags: ["--oversubscribe", "--bind-to", "none"],
    env: {
      OMPI_ALLOW_RUN_AS_ROOT: "1",
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
    },
    namesKilled: true,
  },
  {
    title: "MPICH",
    program: "mpirun.mpich",
    flags: [],
    env: {},
    namesKilled: false,
  },
];

/** Launchers that are installed here. */
export async function findLaunchers(): Promise<readonly MpiLauncher[]> {
  const found: MpiLauncher[] = [];
  for (const launcher of LAUNCHERS) {
    if (await answers(launcher)) found.push(launcher);
  }
  return found;
}

/** What is missing of all that are known. */
export async function missingLaunchers(): Promise<readonly string[]> {
  const found = await findLaunchers();
  return LAUNCHERS.filter((launcher) => !found.includes(launcher))
    .map(({ program }) => program);
}

async function answers({ program, env }: MpiLauncher): Promise<boolean> {
  try {
    const command = new Deno.Command(program, {
      args: ["--version"],
      env: { ...env },
      stdout: "null",
      stderr: "null",
    });
    return (await command.output()).success;
  } catch {
    return false;
  }
}
