import assert from "node:assert/strict";
import { join } from "node:path";
import type { MpiLauncher } from "../../launchers.ts";
import { runRanks, testOnLaunchers } from "../../ranks.ts";

const SCRIPT = new URL("./_together_cli.ts", import.meta.url);

/** Runs the stage as ranks, in a folder of its own. */
class Bench implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly file = join(this.folder, "sum.txt");

  constructor(readonly launcher: MpiLauncher) {}

  async run(line: string, { ranks = 2, file = this.file } = {}) {
    const words = line.split(" ").filter((word) => word !== "");
    return await runRanks(this.launcher, {
      ranks,
      script: SCRIPT,
      args: ["count", "-o", file, ...words],
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

await testOnLaunchers(
  "ranks run a stage together, and one speaks",
  async (mpi) => {
    using bench = new Bench(mpi);
    const { code, stdout, stderr } = await bench.run("--steps 2", { ranks: 3 });
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /is gone/);
    // 0 + 1 + 2, then 1 + 2 + 3.
    assert.equal(await Deno.readTextFile(bench.file), "9\n");
    assert.match(stdout, /^sum: 9\n$/);
    assert.deepEqual(
      stderr.match(/step \d of rank \d/g),
      ["step 0 of rank 0", "step 1 of rank 0"],
    );
    const again = await bench.run("--steps 2");
    assert.equal(again.code, 0, again.stderr);
    assert.equal(again.stderr.match(/done:/g)!.length, 1);
  },
);

await testOnLaunchers(
  "a rank that fails ends all, by one line",
  async (mpi) => {
    using bench = new Bench(mpi);
    const { code, stderr } = await bench.run("--fail-at 1 --fail-rank 1");
    assert.notEqual(code, 0);
    const lines = stderr.match(/.*Error: Cannot write: no room on the disk/g);
    assert.equal(lines?.length, 1, stderr);
    assert.match(lines![0]!, /^Rank 1 of 2 \(.+\): Error: /);
    assert.doesNotMatch(stderr, /is gone/);
    assert.equal(await Deno.stat(bench.file).catch(() => "none"), "none");
  },
);

await testOnLaunchers("what all ranks refuse is told once", async (mpi) => {
  using bench = new Bench(mpi);
  const { code, stderr } = await bench.run("--steps many");
  assert.notEqual(code, 0);
  assert.equal(stderr.match(/steps/g)?.length, 1, stderr);
  const file = join(bench.file, "below.txt");
  await Deno.writeTextFile(bench.file, "no folder");
  const refused = await bench.run("", { file });
  assert.notEqual(refused.code, 0);
  assert.equal(refused.stderr.match(/Cannot /g)?.length, 1, refused.stderr);
});
