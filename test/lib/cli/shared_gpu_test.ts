import assert from "node:assert/strict";
import { claimGpu } from "../../../lib/cli/shared_gpu.ts";
import { engineAvailable } from "../../engines.ts";
import { runRanks, testWithLaunchers } from "../../ranks.ts";
import { inFolder } from "../artifact/_bytes.ts";

const ADAPTER = {
  vendor: "acme",
  architecture: "",
  device: "",
  description: "Acme 1",
};

/** Claims a GPU as a rank, and what is told. */
async function claimed(
  rank: number,
  { folder, adapter = ADAPTER, ...variables }: {
    readonly folder: string;
    readonly adapter?: typeof ADAPTER;
    readonly DRI_PRIME?: string;
    readonly WORLD_SIZE?: string;
  },
): Promise<{ readonly told: readonly string[]; readonly claim: Disposable }> {
  const all: Record<string, string> = {
    RANK: `${rank}`,
    WORLD_SIZE: "3",
    ...variables,
  };
  const told: string[] = [];
  const claim = await claimGpu(
    { environment: (name) => all[name], adapter, folder },
    (line) => told.push(line),
  );
  return { told, claim };
}

Deno.test("claimGpu() tells once where ranks are on one GPU", () =>
  inFolder(async (folder) => {
    const ranks = [];
    for (const rank of [0, 1, 2]) ranks.push(await claimed(rank, { folder }));
    const [first, second, third] = ranks.map(({ told }) => told);
    assert.deepEqual([first, third], [[], []]);
    assert.equal(second!.length, 1);
    assert.match(
      second![0]!,
      /^Rank 1 of 3 \(.+\) has no GPU of its own: process \d+ on .+ is on "Acme 1" too, and docs\/clusters\.md says how/,
    );
    for (const { claim } of ranks) claim[Symbol.dispose]();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    using again = (await claimed(1, { folder })).claim;
    assert.ok(again);
    assert.equal((await claimed(2, { folder })).told.length, 1);
  }));

Deno.test("claimGpu() is silent where ranks have GPUs of their own", () =>
  inFolder(async (folder) => {
    using _first = (await claimed(0, { folder })).claim;
    const others = [
      { DRI_PRIME: "1" },
      { adapter: { ...ADAPTER, description: "Acme 2" } },
      // A process alone shares it with whom it likes.
      { WORLD_SIZE: "1" },
    ];
    for (const other of others) {
      const { told, claim } = await claimed(0, { folder, ...other });
      assert.deepEqual(told, []);
      claim[Symbol.dispose]();
    }
  }));

const { available, reason } = await engineAvailable("webgpu");
const SCRIPT = new URL("./_together_cli.ts", import.meta.url);

await testWithLaunchers(
  "ranks that compute on one GPU say so once",
  (launchers) =>
    inFolder(async (folder) => {
      const { code, stderr } = await runRanks(launchers[0]!, {
        ranks: 3,
        script: SCRIPT,
        args: `count --compute --device gpu -o ${folder}/sum.txt`.split(" "),
      });
      assert.equal(code, 0, stderr);
      const told = stderr.match(/^Rank \d of 3 \(.+\) has no GPU of its own/gm);
      assert.equal(told?.length, 1, stderr);
    }),
  { unless: available ? undefined : reason },
);
