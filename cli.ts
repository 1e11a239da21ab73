import {
  type EngineTable,
  enterStartingFolder,
  requireAdapter,
  runCli,
  tuningOf,
  weightsCache,
} from "./lib/cli/mod.ts";
import { COMMANDS, STAGES } from "./stages/mod.ts";
import config from "./deno.json" with { type: "json" };

/** The only place that names an engine. */
const ENGINES: EngineTable = {
  gpu: async ({ precision, profile, tell }) => {
    const { createWebGpuEngine } = await import("./lib/engine/webgpu/mod.ts");
    const adapter = await requireAdapter();
    const isTimed = profile !== undefined;
    const engine = await createWebGpuEngine(adapter, {
      precision,
      profile: isTimed,
      ...await tuningOf(adapter),
    });
    if (isTimed && engine.profile === undefined) {
      tell("No profile: the adapter has no timestamps");
    }
    const keepsHalf = engine.info.features.includes("shader-f16");
    if (precision !== "f32" && !keepsHalf) {
      tell("f16 weights only: the adapter has no shader-f16");
    }
    return engine;
  },
  cpu: async ({ profile, tell }) => {
    const { createOnnxEngine } = await import("./lib/engine/onnx/mod.ts");
    const cache = weightsCache();
    if (profile === undefined) return await createOnnxEngine({ cache });
    const stem = profile.replace(/\.json$/, "");
    tell(`Profile: onnxruntime writes ${stem}_*.json, one a program`);
    return await createOnnxEngine({ cache, profile: stem });
  },
  reference: async ({ profile, tell }) => {
    if (profile !== undefined) {
      tell("No profile: the reference engine has no kernels to time");
    }
    const { createReferenceEngine } = await import(
      "./lib/engine/reference/mod.ts"
    );
    return createReferenceEngine();
  },
};

if (import.meta.main) {
  enterStartingFolder(import.meta.dirname!);
  const loaders = { ...STAGES, ...COMMANDS };
  const { version } = config;
  Deno.exit(
    await runCli(Deno.args, {
      loaders,
      engines: ENGINES,
      remoteFiles: async (tools) => {
        const { openRemoteFiles } = await import("./lib/workflow/fetch/mod.ts");
        return openRemoteFiles(tools);
      },
      version,
    }),
  );
}
