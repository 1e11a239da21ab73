/** A command line with a stage that ranks run together, for tests. */
import { requireAdapter, runCli } from "../../../lib/cli/mod.ts";
import { stage } from "./_count_stage.ts";

Deno.exit(
  await runCli(Deno.args, {
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    version: "1.2.3",
    loaders: { count: () => Promise.resolve({ stage }) },
    engines: {
      cpu: { missing: "it is not here" },
      gpu: async () => {
        const { createWebGpuEngine } = await import(
          "../../../lib/engine/webgpu/mod.ts"
        );
        return await createWebGpuEngine(await requireAdapter());
      },
      reference: { missing: "it is not here either" },
    },
  }),
);
