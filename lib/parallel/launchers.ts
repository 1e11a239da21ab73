import type { Environment } from "./environment.ts";

/** How a launcher numbers its processes. */
interface Launcher {
  /** For messages. */
  readonly title: string;
  /** Variable of a process's number. */
  readonly rank: string;
  /** Variable of the number of processes; where absent, people say it. */
  readonly world?: string;
  /** Variable without which the others mean something else. */
  readonly only?: string;
  /** Variables of the first number and the distance between two. */
  readonly from?: string;
  readonly step?: string;
  /** Which MPI library belongs to it; none where it starts no MPI. */
  readonly mpi?: MpiFamily;
  /** False where it does not say by number which rank was killed. */
  readonly namesKilled?: false;
}

/** Libraries that one launcher serves. */
export type MpiFamily = "openMpi" | "mpich" | "any";

/** The first one whose rank is set counts. */
const LAUNCHERS: readonly Launcher[] = [
  {
    title: "torchrun",
    rank: "RANK",
    world: "WORLD_SIZE",
    only: "WORLD_SIZE",
  },
  {
    title: "Open MPI's mpirun",
    rank: "OMPI_COMM_WORLD_RANK",
    world: "OMPI_COMM_WORLD_SIZE",
    mpi: "openMpi",
  },
  {
    title: "MPICH's mpirun",
    rank: "PMI_RANK",
    world: "PMI_SIZE",
    mpi: "mpich",
    namesKilled: false,
  },
  {
    title: "Slurm's srun",
    rank: "SLURM_PROCID",
    world: "SLURM_NTASKS",
    only: "SLURM_STEP_ID",
    mpi: "any",
  },
  { title: "Kubernetes", rank: "JOB_COMPLETION_INDEX" },
  {
    title: "Slurm's job array",
    rank: "SLURM_ARRAY_TASK_ID",
    world: "SLURM_ARRAY_TASK_COUNT",
    from: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
  },
];

/** What a launcher says of this process. */
export interface Launched {
  readonly launcher: string;
  /** Number of this process, from 0. */
  readonly rank: number;
  /** How many there are, where the launcher says it. */
  readonly size?: number;
}

/** The place that a launcher gave this process; undefined where none did. */
export function launchedBy(environment: Environment): Launched | undefined {
  return LAUNCHERS.map((launcher) => placeOf(launcher, environment))
    .find((place) => place !== undefined);
}

/** A process that a launcher of MPI has started. */
export interface MpiLaunched extends Required<Launched> {
  readonly mpi: MpiFamily;
  /** Whether the launcher says by number which rank was killed. */
  readonly namesKilled: boolean;
}

/** The same by launchers of MPI alone: a job array's processes never talk. */
export function launchedByMpi(
  environment: Environment,
): MpiLaunched | undefined {
  for (const launcher of LAUNCHERS) {
    const { size, ...place } = placeOf(launcher, environment) ?? {};
    const { mpi, namesKilled = true } = launcher;
    if (mpi !== undefined && size !== undefined) {
      return { ...place as Launched, size, mpi, namesKilled };
    }
  }
  return undefined;
}

function placeOf(
  { title, rank, world, only, from, step }: Launcher,
  environment: Environment,
): Launched | undefined {
  const number = (name: string | undefined) => {
    const text = name === undefined ? undefined : environment(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const found = number(rank);
  if (found === undefined) return undefined;
  if (only !== undefined && environment(only) === undefined) return undefined;
  const size = number(world);
  return {
    launcher: title,
    rank: (found - (number(from) ?? 0)) / (number(step) ?? 1),
    ...(size !== undefined && { size }),
  };
}
