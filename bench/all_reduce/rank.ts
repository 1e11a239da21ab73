/** What `all_reduce.c` does, by our own all-reduce. Arguments: floats, repetitions. */
import { allReduce, openCollective } from "../../lib/parallel/mod.ts";

const [count, repetitions] = Deno.args.map(Number) as [number, number];
const ranks = await openCollective((name) => Deno.env.get(name));
const values = new Float32Array(count).fill(ranks.rank + 1);
const seconds: number[] = [];
for (let k = 0; k < repetitions; k++) {
  await ranks.barrier();
  const start = performance.now();
  await allReduce(ranks, values);
  seconds.push((performance.now() - start) / 1000);
}
if (ranks.rank === 0) console.log(JSON.stringify(seconds));
await ranks.close();
