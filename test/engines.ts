import { findAdapter, requireAdapter } from "../lib/cli/mod.ts";
import { createReferenceEngine } from "../lib/engine/reference/mod.ts";
import type { Engine } from "../lib/tensor/mod.ts";
import { missingLaunchers } from "./launchers.ts";

/** What a test may need besides this repository. */
export type Requirement = "webgpu" | "onnx" | "mpi" | "browser";

/** Whether a test can run here, and why not. */
export interface Availability {
  readonly available: boolean;
  readonly reason: string;
}

/** What must be there, by SPHEREAR_REQUIRE_ENGINES=webgpu,onnx. */
function required(name: Requirement): boolean {
  const list = Deno.env.get("SPHEREAR_REQUIRE_ENGINES") ?? "";
  return list.split(",").map((item) => item.trim()).includes(name);
}

async function probe(name: Requirement): Promise<string | undefined> {
  switch (name) {
    case "webgpu": {
      const adapter = await findAdapter();
      if (adapter === undefined) {
        return "no WebGPU adapter (install a Vulkan driver)";
      }
      return adapter.info.isFallbackAdapter && !await hasSubgroups(adapter)
        ? "software OpenGL is no GPU (install a Vulkan driver)"
        : undefined;
    }
    case "onnx": {
      const { createOnnxEngine } = await import("../lib/engine/onnx/mod.ts");
      await (await createOnnxEngine()).close();
      return undefined;
    }
    case "browser": {
      const { requireChromium } = await import("./browser/chromium.ts");
      await requireChromium();
      return undefined;
    }
    case "mpi": {
      const missing = await missingLaunchers();
      if (missing.length === 0) return undefined;
      return `${missing.join(" and ")} is missing (openmpi-bin, mpich)`;
    }
  }
}

/** Mesa's software Vulkan has subgroups, its software OpenGL has none. */
async function hasSubgroups(adapter: GPUAdapter): Promise<boolean> {
  try {
    const requiredFeatures = ["subgroups" as GPUFeatureName];
    (await adapter.requestDevice({ requiredFeatures })).destroy();
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether an engine works here. Where it does not, a test that needs it is
 * ignored with the reason printed, and fails where it is required:
 *
 * `Deno.test({ name, ignore: !(await engineAvailable("onnx")).available, fn })`
 *
 * @throws {Error} where SPHEREAR_REQUIRE_ENGINES names a missing engine
 */
export async function engineAvailable(
  name: Requirement,
): Promise<Availability> {
  let reason: string | undefined;
  try {
    reason = await probe(name);
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  if (reason === undefined) return { available: true, reason: "" };
  const text = `Tests that need ${name} are ignored: ${reason}`;
  if (required(name)) {
    throw new Error(`SPHEREAR_REQUIRE_ENGINES names ${name}: ${reason}`);
  }
  console.warn(text);
  return { available: false, reason };
}

/** Engines that tests compare with the reference: those that are built. */
export const ENGINE_NAMES = ["onnx", "webgpu"] as const;

const OPEN: Readonly<
  Record<typeof ENGINE_NAMES[number], () => Promise<Engine>>
> = {
  onnx: async () => {
    const { createOnnxEngine } = await import("../lib/engine/onnx/mod.ts");
    return createOnnxEngine();
  },
  webgpu: async () => {
    const { createWebGpuEngine } = await import("../lib/engine/webgpu/mod.ts");
    return createWebGpuEngine(await requireAdapter());
  },
};

/** What SPHEREAR_REQUIRE_ENGINES names and no test knows. */
export function unknownRequirements(): string[] {
  const list = Deno.env.get("SPHEREAR_REQUIRE_ENGINES") ?? "";
  const known: readonly string[] = [
    ...ENGINE_NAMES,
    "reference",
    "mpi",
    "browser",
  ];
  return list.split(",").map((name) => name.trim())
    .filter((name) => name !== "" && !known.includes(name));
}

/** An engine to test, or why it does not work here. */
export interface TestEngine {
  readonly engine?: Engine;
  /** Empty where the engine works. */
  readonly reason: string;
}

/**
 * Opens an engine for tests, which ignore themselves where there is none.
 *
 * @throws {Error} where SPHEREAR_REQUIRE_ENGINES names a missing engine
 */
export async function openEngine(
  name: typeof ENGINE_NAMES[number],
): Promise<TestEngine> {
  try {
    return { engine: await OPEN[name](), reason: "" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (required(name)) {
      throw new Error(`SPHEREAR_REQUIRE_ENGINES names ${name}: ${reason}`);
    }
    return { reason };
  }
}

/**
 * Declares tests on every engine; not on the reference where it would only be
 * compared with itself.
 */
export async function testOnEngines(
  tests: Readonly<Record<string, (engine: Engine) => void | Promise<void>>>,
  { reference = true }: { reference?: boolean } = {},
): Promise<void> {
  const engines: [string, TestEngine][] = [];
  if (reference) {
    const engine = createReferenceEngine();
    engines.push([engine.name, { engine, reason: "" }]);
  }
  for (const name of ENGINE_NAMES) engines.push([name, await openEngine(name)]);
  for (const [name, { engine, reason }] of engines) {
    const why = reason === "" ? "" : ` (ignored: ${reason})`;
    for (const [what, test] of Object.entries(tests)) {
      Deno.test({
        name: `${what}, on ${name}${why}`,
        ignore: engine === undefined,
        fn: async () => await test(engine!),
      });
    }
    Deno.test.afterAll(() => engine?.close());
  }
}
