import type { ArtifactReader } from "../lib/artifact/mod.ts";

/** Opens what a sweep found, by its folder or its JSON file. */
export async function openSweep(path: string): Promise<ArtifactReader> {
  const sweep = await import("../lib/workflow/sweep/mod.ts");
  return await sweep.openSweep(path);
}
