import assert from "node:assert/strict";
import { Guard } from "../../../../lib/parallel/mpi/guard.ts";
import { TestClock } from "../_clock.ts";
import { TestTimers } from "../_timers.ts";
import { TestNetwork } from "./_network.ts";

/** Two ranks whose guards look when a test says so. */
class Ranks implements Disposable {
  readonly network = new TestNetwork();
  readonly time = new TestClock();
  readonly timers = new TestTimers();
  readonly guards = [0, 1].map((rank) =>
    new Guard(this.network.library(rank), {
      rank,
      size: 2,
      host: "here",
      pulse: new Int32Array(new SharedArrayBuffer(4)),
      // Longer than a program may stand still.
      silentSeconds: 3600,
      witness: undefined,
    })
  );

  [Symbol.dispose](): void {
    this.timers[Symbol.dispose]();
    this.time[Symbol.dispose]();
  }
}

Deno.test("end() ends with the other rank's, and leaves no message", async () => {
  using ranks = new Ranks();
  const [a, b] = ranks.guards;
  ranks.timers.turn();
  let ended = false;
  const first = a!.end().then(() => ended = true);
  await new Promise((next) => setTimeout(next, 5));
  assert.equal(ended, false);
  await Promise.all([first, b!.end()]);
  const { sent, awaited, aborts } = ranks.network;
  assert.deepEqual({ sent, awaited, aborts }, {
    sent: [],
    awaited: [],
    aborts: [],
  });
  assert.equal(ranks.timers.running, 0);
});

Deno.test("end() goes on looking until the other rank says farewell, without beats", async () => {
  using ranks = new Ranks();
  const [a, b] = ranks.guards;
  const ending = a!.end();
  const { sends } = ranks.network;
  ranks.timers.turn();
  assert.equal(ranks.timers.running, 2);
  // One of them is still at work.
  assert.equal(ranks.network.sends, sends + 1);
  await Promise.all([ending, b!.end()]);
  assert.equal(ranks.timers.running, 0);
});

Deno.test("abort() passes the status on and looks no more", () => {
  using ranks = new Ranks();
  const [a, b] = ranks.guards;
  a!.abort(3);
  assert.equal(ranks.timers.running, 1);
  b!.abort(1);
  assert.deepEqual(ranks.network.aborts, [[0, 3], [1, 1]]);
  assert.equal(ranks.timers.running, 0);
});

Deno.test("guards send beats as long as their programs turn", () => {
  using ranks = new Ranks();
  const sends = [0, 60_000, 6 * 60_000].map((nowMs) => {
    ranks.time.nowMs = nowMs;
    ranks.timers.turn();
    return ranks.network.sends;
  });
  assert.deepEqual(sends, [2, 4, 4]);
});
