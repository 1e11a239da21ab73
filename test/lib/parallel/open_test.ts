import assert from "node:assert/strict";
import { openCollective } from "../../../lib/parallel/mod.ts";
import { runRanks, testOnLaunchers } from "../../ranks.ts";

const SCRIPT = new URL("./mpi/_rank.ts", import.meta.url);

/** A library that each launcher does not belong to. */
const OTHERS: Readonly<Record<string, string>> = {
  "Open MPI": "libmpich.so.12",
  MPICH: "libmpi.so.40",
};

Deno.test("openCollective() is alone where no launcher says otherwise", async () => {
  const array = { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_COUNT: "8" };
  for (
    const variables of [{}, array, { PMI_RANK: "0", PMI_SIZE: "1" }] as Record<
      string,
      string
    >[]
  ) {
    // Without a library that could be loaded.
    const environment = { ...variables, SPHEREAR_MPI: "/nowhere" };
    const ranks = await openCollective((name) =>
      environment[name as keyof typeof environment]
    );
    assert.deepEqual([ranks.rank, ranks.size], [0, 1]);
  }
});

Deno.test("openCollective() refuses a library that is none", async () => {
  const environment: Record<string, string> = {
    OMPI_COMM_WORLD_RANK: "0",
    OMPI_COMM_WORLD_SIZE: "2",
    SPHEREAR_MPI: "/nowhere/libmpi.so",
  };
  await assert.rejects(
    openCollective((name) => environment[name]),
    /Cannot use SPHEREAR_MPI="\/nowhere\/libmpi.so": expected a library of MPI/,
  );
});

Deno.test("openCollective() refuses a limit that machines cannot keep", async () => {
  for (const given of ["2", "4.5", "soon"]) {
    const environment: Record<string, string> = {
      PMI_RANK: "0",
      PMI_SIZE: "2",
      SPHEREAR_SILENT_SECONDS: given,
    };
    await assert.rejects(openCollective((name) => environment[name]), {
      name: "UserError",
      message: `Cannot use SPHEREAR_SILENT_SECONDS="${given}": expected a ` +
        "whole number from 3",
    });
  }
});

await testOnLaunchers(
  "a library of another launcher is refused",
  async (mpi) => {
    const { code, stderr } = await runRanks(mpi, {
      ranks: 2,
      script: SCRIPT,
      args: ["waits"],
      env: { SPHEREAR_MPI: OTHERS[mpi.title]! },
    });
    assert.notEqual(code, 0);
    assert.match(
      stderr,
      /rank [01] of 2 that .+ has started: .+ finds rank 0 of 1; launcher and library must belong together/,
    );
  },
);
