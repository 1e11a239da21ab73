import assert from "node:assert/strict";
import type { MpiLauncher } from "../../../launchers.ts";
import { runRanks, testOnLaunchers } from "../../../ranks.ts";

const SCRIPT = new URL("./_rank.ts", import.meta.url);

/** What each rank found, in their order. */
async function found(
  launcher: MpiLauncher,
  { task, ranks }: { task: string; ranks: number },
): Promise<unknown[]> {
  const { code, stdout, stderr } = await runRanks(launcher, {
    ranks,
    script: SCRIPT,
    args: [task],
  });
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  lines.sort((a, b) => a.rank - b.rank);
  assert.deepEqual(
    lines.map(({ rank, size }) => [rank, size]),
    Array.from({ length: ranks }, (_, rank) => [rank, ranks]),
  );
  return lines.map((line) => line.found);
}

await testOnLaunchers(
  "exchange() moves bytes between processes",
  async (mpi) => {
    assert.deepEqual(await found(mpi, { task: "exchange", ranks: 3 }), [
      [[0, 0, 0, 0], [16, 1, 1, 1], [32, 2, 2, 2]],
      [[1, 1, 0, 0, 0], [17, 17, 1, 1, 1], [33, 33, 2, 2, 2]],
      [
        [2, 2, 2, 0, 0, 0],
        [18, 18, 18, 1, 1, 1],
        [34, 34, 34, 2, 2, 2],
      ],
    ]);
  },
);

await testOnLaunchers("allReduce() adds over processes", async (mpi) => {
  const sum = [0, 3, 2997, 3 * 7, 0];
  assert.deepEqual(await found(mpi, { task: "sums", ranks: 2 }), [sum, sum]);
});

await testOnLaunchers("calls may overlap", async (mpi) => {
  const each = [true, [8, 8, 8], [0, 1, 2]];
  assert.deepEqual(
    await found(mpi, { task: "together", ranks: 3 }),
    [each, each, each],
  );
});

await testOnLaunchers("waiting does not block the event loop", async (mpi) => {
  assert.deepEqual(await found(mpi, { task: "waits", ranks: 2 }), [true, true]);
});

await testOnLaunchers("abort() ends all ranks and names one", async (mpi) => {
  const { code, stdout, stderr } = await runRanks(mpi, {
    ranks: 2,
    script: SCRIPT,
    args: ["abort"],
  });
  assert.notEqual(code, 0);
  assert.equal(stdout.includes("found"), false);
  assert.match(stderr, /Rank 1 of 2 \(.+\): no room on the disk/);
});
