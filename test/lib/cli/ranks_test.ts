import assert from "node:assert/strict";
import { Command } from "commander";
import { addShareFlags, shareOf } from "../../../lib/cli/ranks.ts";

const STAGE = { name: "work", shares: true };

function share(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  stage: { name: string; shares?: boolean } = STAGE,
) {
  const command = new Command();
  addShareFlags(command);
  command.parse([...args], { from: "user" });
  return shareOf(stage, command, (name) => environment[name]);
}

Deno.test("shareOf() takes flags, then launchers in their order", () => {
  const torch = { RANK: "1", WORLD_SIZE: "4" };
  const mpi = { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "3" };
  const cases: [string, Record<string, string>, [number, number]][] = [
    ["--rank 0 --world 2", torch, [0, 2]],
    ["", { ...mpi, ...torch }, [1, 4]],
    ["", mpi, [2, 3]],
    ["", { PMI_RANK: "0", PMI_SIZE: "1" }, [0, 1]],
    ["", { SLURM_PROCID: "5", SLURM_NTASKS: "8", SLURM_STEP_ID: "0" }, [5, 8]],
    ["--world 6", { JOB_COMPLETION_INDEX: "3" }, [3, 6]],
    ["", {
      SLURM_ARRAY_TASK_ID: "14",
      SLURM_ARRAY_TASK_MIN: "10",
      SLURM_ARRAY_TASK_STEP: "2",
      SLURM_ARRAY_TASK_COUNT: "5",
    }, [2, 5]],
  ];
  for (const [line, environment, [rank, world]] of cases) {
    const args = line.split(" ").filter((word) => word !== "");
    assert.deepEqual(share(args, environment), { rank, world });
  }
});

Deno.test("shareOf() gives all of the work where nothing numbers processes", () => {
  assert.equal(share([]), undefined);
  assert.equal(share([], { RANK: "1" }), undefined);
  const batch = { SLURM_PROCID: "0", SLURM_NTASKS: "4" };
  assert.equal(share([], batch), undefined);
  const torch = { RANK: "1", WORLD_SIZE: "4" };
  assert.equal(share([], torch, { name: "alone" }), undefined);
});

Deno.test("shareOf() refuses numbers that are missing or do not fit", () => {
  assert.throws(() => share(["--rank", "2", "--world", "2"]), /rank 2 of 2/);
  assert.throws(() => share(["--rank", "2"]), /rank 2 of \(none\)/);
  assert.throws(() => share(["--world", "2"]), /rank \(none\) of 2/);
  const job = { JOB_COMPLETION_INDEX: "3" };
  assert.throws(() => share([], job), /rank 3 of \(none\): expected --rank/);
});
