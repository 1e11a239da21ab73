import type { ArtifactReader } from "../../artifact/mod.ts";
import { openNpzImages } from "./npz_images.ts";
import { openPictureFolder } from "./picture_folder.ts";

/**
 * Opens what a set of images may be besides an artifact: an archive of arrays,
 * or a folder of pictures.
 *
 * @returns undefined where the path leads to neither
 * @throws {UserError} where it is damaged, or holds no images
 */
export async function openForeignSet(
  path: string,
): Promise<ArtifactReader | undefined> {
  return await openNpzImages(path) ?? await openPictureFolder(path);
}
