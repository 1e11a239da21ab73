import type { ArtifactReader } from "../lib/artifact/mod.ts";

/** Opens a set of images that is no artifact, which inputs take besides. */
export async function openForeignSet(
  path: string,
): Promise<ArtifactReader | undefined> {
  const measure = await import("../lib/workflow/measure/mod.ts");
  return await measure.openForeignSet(path);
}
