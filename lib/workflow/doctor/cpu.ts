import { weightsCache } from "../../cli/mod.ts";
import type { Finding } from "./finding.ts";

const NAME = "CPU engine (--device cpu)";

/** Opens the onnxruntime library. */
export async function examineCpu(): Promise<Finding> {
  const base = { name: NAME, needed: true };
  try {
    const { createOnnxEngine } = await import("../../engine/onnx/mod.ts");
    const engine = await createOnnxEngine();
    const { reason, library } = engine.info;
    const slow = reason === undefined ? "" : `; not bound directly: ${reason}`;
    const detail = `${engine.description}, ${library}${slow}`;
    await engine.close();
    return { ...base, works: true, detail };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ...base,
      works: false,
      detail: reason.split("\n")[0] ?? "",
      fix: "run deno install in the project's folder; Linux needs glibc 2.28",
    };
  }
}

/** Counts what the CPU engine keeps of weights for later runs. */
export async function examineWeightsCache(): Promise<Finding> {
  const { cacheContents } = await import("../../engine/onnx/mod.ts");
  const folder = weightsCache();
  const { files, bytes } = await cacheContents(folder);
  const gigabytes = (bytes / 1e9).toFixed(1);
  return {
    name: "disk space that the CPU engine keeps weights in",
    works: true,
    needed: false,
    detail: files === 0
      ? `none (${folder})`
      : `${gigabytes} GB in ${files} files; to be rid of them, delete ${folder}`,
    facts: { files, bytes },
  };
}
