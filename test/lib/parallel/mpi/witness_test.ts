import assert from "node:assert/strict";
import { Witness } from "../../../../lib/parallel/mpi/witness.ts";
import {
  haveEnded,
  processesBelow,
  ranksBelow,
} from "../../../kill/processes.ts";
import { ranksCommand, testOnLaunchers } from "../../../ranks.ts";

const LATE = new URL("./_late_rank.ts", import.meta.url);

/** As Open MPI says it, or a witness. */
const KILLED =
  /process rank 0 .+ exited on signal 9|^Rank 0 of 2 \(.+\): its process is gone/m;

/** All must be there, or gone, by then. */
const LIMIT_MS = 30_000;

Deno.test("dismiss() ends a witness, also one that has ended", async () => {
  // Other tests may run in this process, with processes of their own.
  const title = crypto.randomUUID();
  const witness = new Witness(title);
  const started = processesBelow(Deno.pid).filter((pid) =>
    Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(title)
  );
  assert.equal(started.length, 1);
  witness.dismiss();
  await haveEnded(started, LIMIT_MS);
  witness.dismiss();
});

/**
 * Waits until a rank is at work, and what tells of it stands beside it.
 *
 * @param said what ranks have said so far
 */
async function rankAtWork(
  launcher: number,
  { said, isWitnessed }: {
    readonly said: () => string;
    readonly isWitnessed: boolean;
  },
): Promise<number> {
  const untilMs = performance.now() + LIMIT_MS;
  for (;;) {
    const rank = ranksBelow(launcher).get(0);
    const isReady = rank !== undefined && said().includes("rank 0 waits") &&
      (!isWitnessed || processesBelow(rank).length > 0);
    if (isReady) return rank;
    assert(performance.now() < untilMs, said());
    await new Promise((done) => setTimeout(done, 20));
  }
}

await testOnLaunchers(
  "a rank that is killed while it waits for others to start is named",
  async (mpi) => {
    const child = ranksCommand(mpi, { ranks: 2, script: LATE }).spawn();
    let said = "";
    const reading = (async () => {
      for await (
        const text of child.stderr.pipeThrough(new TextDecoderStream())
      ) said += text;
    })();
    const rank = await rankAtWork(child.pid, {
      said: () => said,
      isWitnessed: !mpi.namesKilled,
    });
    Deno.kill(rank, "SIGKILL");
    await Promise.all([child.status, child.stdout.cancel(), reading]);
    assert.match(said, KILLED);
  },
);
