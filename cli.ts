import { type EngineTable, requireAdapter, runCli } from "./lib/cli/mod.ts";
import { COMMANDS, STAGES } from "./stages/mod.ts";
import config from "./deno.json" with { type: "json" };

/** The only place that names an engine. */
const ENGINES: EngineTable = {
  gpu: async () => {
    const { createWebGpuEngine } = await import("./lib/engine/webgpu/mod.ts");
    return await createWebGpuEngine(await requireAdapter());
  },
  cpu: async () => {
    const { createOnnxEngine } = await import("./lib/engine/onnx/mod.ts");
    return await createOnnxEngine();
  },
  reference: async () => {
    const { createReferenceEngine } = await import(
      "./lib/engine/reference/mod.ts"
    );
    return createReferenceEngine();
  },
};

if (import.meta.main) {
  const loaders = { ...STAGES, ...COMMANDS };
  const { version } = config;
  Deno.exit(await runCli(Deno.args, { loaders, engines: ENGINES, version }));
}
