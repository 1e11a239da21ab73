import assert from "node:assert/strict";
import { launchedBy, launchedByMpi } from "../../../lib/parallel/mod.ts";

function environment(
  variables: Readonly<Record<string, string>>,
): (name: string) => string | undefined {
  return (name) => variables[name];
}

const TORCH = { RANK: "1", WORLD_SIZE: "4" };
const OPEN_MPI = { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "3" };
const SLURM = { SLURM_PROCID: "5", SLURM_NTASKS: "8" };

Deno.test("launchedBy() takes the first launcher that numbers processes", () => {
  const cases: [Record<string, string>, unknown[]][] = [
    [{ ...OPEN_MPI, ...TORCH }, ["torchrun", 1, 4]],
    [OPEN_MPI, ["Open MPI's mpirun", 2, 3]],
    [{ PMI_RANK: "0", PMI_SIZE: "1" }, ["MPICH's mpirun", 0, 1]],
    [{ ...SLURM, SLURM_STEP_ID: "0" }, ["Slurm's srun", 5, 8]],
    [{ JOB_COMPLETION_INDEX: "3" }, ["Kubernetes", 3, undefined]],
  ];
  for (const [variables, expected] of cases) {
    const { launcher, rank, size } = launchedBy(environment(variables))!;
    assert.deepEqual([launcher, rank, size], expected);
  }
  assert.equal(launchedBy(environment({})), undefined);
  // Of a batch job, not of a step.
  assert.equal(launchedBy(environment(SLURM)), undefined);
});

Deno.test("launchedByMpi() knows launchers of MPI alone", () => {
  const found = launchedByMpi(environment({ ...OPEN_MPI, ...TORCH }))!;
  assert.deepEqual([found.rank, found.size, found.mpi], [2, 3, "openMpi"]);
  assert.equal(launchedByMpi(environment(TORCH)), undefined);
  assert.equal(
    launchedByMpi(environment({ JOB_COMPLETION_INDEX: "3" })),
    undefined,
  );
  // Its mpirun ends all where a rank is killed, and says a process's number.
  const mpich = environment({ PMI_RANK: "0", PMI_SIZE: "2" });
  assert.equal(launchedByMpi(mpich)!.namesKilled, false);
  assert.equal(found.namesKilled, true);
});
