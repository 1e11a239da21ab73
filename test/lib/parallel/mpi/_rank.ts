/** One rank of the tests: each prints what it found, as a line of JSON. */
import {
  allReduce,
  type Collective,
  openCollective,
} from "../../../../lib/parallel/mod.ts";

const TASKS: Readonly<Record<string, (ranks: Collective) => Promise<unknown>>> =
  {
    /** Rank r sends q + 1 bytes to rank q, of 16 r + q, and three after them. */
    async exchange(ranks) {
      const all = Array.from({ length: ranks.size }, (_, q) => q);
      const into = all.map(() => [
        new Uint8Array(ranks.rank + 1),
        new Uint8Array(3),
      ]);
      await ranks.exchange(
        all.map((q) => [
          new Uint8Array(q + 1).fill(16 * ranks.rank + q),
          new Uint8Array(3).fill(ranks.rank),
        ]),
        into,
      );
      return into.map(([part, rest]) => [...part!, ...rest!]);
    },
    /** Of three million numbers, more than travels as one packet. */
    async sums(ranks) {
      const values = Float32Array.from(
        { length: 3_000_001 },
        (_, i) => (ranks.rank + 1) * (i % 1000),
      );
      await allReduce(ranks, values);
      return [0, 1, 999, 1_500_007, 3_000_000].map((i) => values[i]);
    },
    /** Calls that begin before others end, also large ones before small. */
    async together(ranks) {
      const large = new Uint8Array(1 << 20).fill(ranks.rank === 1 ? 7 : 0);
      const small = new Uint8Array(3).fill(ranks.rank === 0 ? 8 : 0);
      const into = Array.from({ length: ranks.size }, () => new Uint8Array(1));
      await Promise.all([
        ranks.broadcast(large, 1),
        ranks.gather(Uint8Array.of(ranks.rank), into),
        ranks.broadcast(small, 0),
        ranks.barrier(),
      ]);
      return [
        large.every((byte) => byte === 7),
        [...small],
        into.map(([b]) => b),
      ];
    },
    /** The event loop turns while rank 1 lets others wait. */
    async waits(ranks) {
      let turns = 0;
      const timer = setInterval(() => turns++, 10);
      if (ranks.rank === 1) await new Promise((done) => setTimeout(done, 500));
      await ranks.barrier();
      clearInterval(timer);
      return turns > 10 && (ranks.rank === 1 || ranks.waitedMs > 300);
    },
    async abort(ranks) {
      if (ranks.rank === 1) await ranks.abort("no room on the disk");
      await ranks.barrier();
    },
  };

const [task = ""] = Deno.args;
const ranks = await openCollective((name) => Deno.env.get(name));
const found = await TASKS[task]!(ranks);
console.log(JSON.stringify({ rank: ranks.rank, size: ranks.size, found }));
await ranks.close();
