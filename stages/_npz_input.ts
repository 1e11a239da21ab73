import type { ArtifactReader } from "../lib/artifact/mod.ts";

/** Opens an archive of arrays that an input takes besides artifacts. */
export async function openNpzInput(
  path: string,
): Promise<ArtifactReader | undefined> {
  const { openNpzImages } = await import("../lib/workflow/measure/mod.ts");
  return await openNpzImages(path);
}
