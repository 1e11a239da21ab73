/** Ranks that wait where MPI starts, for the second of them, which is late. */
import { launchedByMpi, openCollective } from "../../../../lib/parallel/mod.ts";

function environment(name: string): string | undefined {
  return Deno.env.get(name);
}

const { rank } = launchedByMpi(environment)!;
if (rank === 1) await new Promise((done) => setTimeout(done, 60_000));
console.error(`rank ${rank} waits`);
await openCollective(environment);
