import { z } from "zod";
import { runCli } from "../../../lib/cli/mod.ts";
import { defineCommand } from "../../../lib/pipeline/mod.ts";
import { brighten, make, tally } from "../pipeline/example_stages.ts";

/** Shows what commands are given. */
const echo = defineCommand({
  name: "echo",
  summary: "Print what it was given",
  examples: [{ does: "all by default", args: "" }],
  arguments: [{ name: "word", help: "words", many: true, optional: true }],
  options: z.object({ loud: z.boolean().default(false).describe("shout") }),
  async run({ args, options, seed, device, engine, print }) {
    if (args[0] === "bug") throw new Error("A bug of ours");
    if (args[0] === "engine") await engine();
    print(JSON.stringify({ args, options, seed, device }));
    return args[0] === "fail" ? 1 : 0;
  },
});

/** Has seeds of its own, and work that processes share. */
const runs = defineCommand({
  name: "runs",
  summary: "Print its seeds and its share",
  examples: [{ does: "two seeds", args: "--seed 1,2" }],
  shares: true,
  options: z.object({ seed: z.string().default("0").describe("seeds") }),
  run({ options, seed, share, print }) {
    print(JSON.stringify({ options, seed, share }));
    return Promise.resolve(0);
  },
});

Deno.exit(
  await runCli(Deno.args, {
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    version: "1.2.3",
    loaders: {
      make: () => Promise.resolve({ stage: make }),
      brighten: () => Promise.resolve({ stage: brighten }),
      tally: () => Promise.resolve({ stage: tally }),
      echo: () => Promise.resolve({ command: echo }),
      runs: () => Promise.resolve({ command: runs }),
    },
    engines: {
      cpu: { missing: "it is not here" },
      gpu: { missing: "it is not built" },
      reference: { missing: "it is not here either" },
    },
  }),
);
