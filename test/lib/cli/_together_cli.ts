/** A command line with a stage that ranks run together, for tests. */
import { runCli } from "../../../lib/cli/mod.ts";
import { stage } from "./_count_stage.ts";

Deno.exit(
  await runCli(Deno.args, {
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    version: "1.2.3",
    loaders: { count: () => Promise.resolve({ stage }) },
    engines: {
      cpu: { missing: "it is not here" },
      gpu: { missing: "it is not built" },
      reference: { missing: "it is not here either" },
    },
  }),
);
