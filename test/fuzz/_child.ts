import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { runCli } from "../../lib/cli/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";
import { CASE_BEGINS, CASE_ENDS } from "./invocations.ts";

// Runs the command lines of a file one after another in this process, and says
// on standard error where each begins and how it ends.
const cases = JSON.parse(await Deno.readTextFile(Deno.args[0]!)) as string[][];
const missing = "only the reference engine is here";
for (const args of cases) {
  say(CASE_BEGINS);
  const startMs = performance.now();
  const status = await runCli(args, {
    loaders: { ...STAGES, ...COMMANDS },
    engines: {
      cpu: { missing },
      gpu: { missing },
      reference: () => Promise.resolve(createReferenceEngine()),
    },
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    version: "0.0.0",
  });
  const ms = Math.round(performance.now() - startMs);
  say(`${CASE_ENDS}${status} ${ms} ${Deno.memoryUsage().rss}\n`);
}
Deno.exit(0);

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
