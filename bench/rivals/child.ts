/** Compares what its argument says and prints the document. */
import { compareAll, type RivalOptions } from "./all.ts";
import type { RivalWork } from "./rival.ts";

const { works, options } = JSON.parse(Deno.args[0]!) as {
  works: readonly RivalWork[];
  options: RivalOptions;
};
const document = await compareAll(works, options);
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(document)));
// Libraries leave timers and workers behind.
Deno.exit(0);
