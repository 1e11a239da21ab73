import assert from "node:assert/strict";
import {
  Heartbeat,
  type LostRank,
  TICK_MS,
} from "../../../../lib/parallel/mpi/heartbeat.ts";
import { TestClock } from "../_clock.ts";
import { TestNetwork } from "./_network.ts";

const HOSTS = ["a", "b", "c"];

/** Three ranks, of which each is lost after three seconds of silence. */
class Ranks implements Disposable {
  readonly network = new TestNetwork();
  readonly time = new TestClock();
  readonly hearts = HOSTS.map((host, rank) =>
    new Heartbeat(this.network.library(rank), {
      rank,
      host,
      size: HOSTS.length,
      silentSeconds: 3,
    })
  );

  /** A second passes in which some ranks tick; what each of them misses. */
  tick(
    ranks: readonly number[],
    { stuck }: { readonly stuck?: number } = {},
  ): (LostRank | undefined)[] {
    this.time.nowMs += TICK_MS;
    return ranks.map((rank) => this.hearts[rank]!.tick(rank !== stuck));
  }

  [Symbol.dispose](): void {
    this.time[Symbol.dispose]();
  }
}

const NOBODY = [undefined, undefined, undefined];
const LOST = { rank: 2, host: "c", seconds: 3 };

Deno.test("tick() misses nobody as long as all tick", () => {
  using ranks = new Ranks();
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(ranks.tick([0, 1, 2]), NOBODY);
  }
});

Deno.test("tick() names a silent rank and its host, by its neighbour alone", () => {
  using ranks = new Ranks();
  ranks.tick([0, 1, 2]);
  // What the last beat says is heard first.
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(ranks.tick([0, 1]), [undefined, undefined]);
  }
  assert.deepEqual(ranks.tick([0, 1]), [undefined, LOST]);
});

Deno.test("tick() misses a rank that never came, whose host nobody knows", () => {
  using ranks = new Ranks();
  ranks.tick([0, 1]);
  ranks.tick([0, 1]);
  assert.deepEqual(ranks.tick([0, 1])[1], { ...LOST, host: "unknown" });
});

Deno.test("tick() sends no beat of a rank that is not well", () => {
  using ranks = new Ranks();
  let found = ranks.tick([0, 1, 2], { stuck: 2 });
  for (let i = 0; i < 2; i++) found = ranks.tick([0, 1, 2], { stuck: 2 });
  assert.deepEqual(
    found,
    [undefined, LOST, undefined].map((lost) =>
      lost && { ...lost, host: "unknown" }
    ),
  );
});

Deno.test("tick() blames nobody after this process was stopped itself", () => {
  using ranks = new Ranks();
  ranks.tick([1]);
  ranks.tick([1]);
  ranks.time.nowMs += 60_000;
  assert.deepEqual(ranks.tick([1]), [undefined]);
  assert.deepEqual(ranks.tick([1]), [undefined]);
  assert.notEqual(ranks.tick([1])[0], undefined);
});

Deno.test("tick() sends the next beat only when the last has arrived", () => {
  const network = new TestNetwork();
  const place = { rank: 0, size: 2, host: "a", silentSeconds: 60 };
  const alone = new Heartbeat(network.library(0), place);
  for (let i = 0; i < 5; i++) alone.tick(true);
  assert.equal(network.sent.length, 1);
});

Deno.test("end() waits for the farewell of the next rank, and misses it no more", () => {
  using ranks = new Ranks();
  const { hearts } = ranks;
  ranks.tick([0, 1, 2]);
  assert.equal(hearts[2]!.end(), false);
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(ranks.tick([0, 1]), [undefined, undefined]);
  }
  // Rank 1 has heard its farewell, but rank 0 has not said one.
  assert.equal(hearts[2]!.end(), false);
  const farewells = () => hearts.map((heart) => heart.end());
  assert.deepEqual([farewells(), farewells()].at(-1), [true, true, true]);
  assert.deepEqual(ranks.network.sent, []);
});

Deno.test("a rank that waits for a farewell misses who stands still, and nobody who beats", () => {
  using ranks = new Ranks();
  const [, , last] = ranks.hearts;
  ranks.tick([0, 1, 2]);
  last!.end();
  const second = (others: readonly number[]) => {
    const [lost] = ranks.tick([2, ...others], { stuck: 2 });
    // What has come is heard here, too.
    last!.end();
    return lost;
  };
  for (let i = 0; i < 10; i++) assert.equal(second([0, 1]), undefined);
  const found = [second([1]), second([1]), second([1])];
  assert.deepEqual(found.at(-1), { rank: 0, host: "a", seconds: 3 });
});
