import { join } from "node:path";
import { openEncoded } from "../../../datasets/mod.ts";
import {
  ARTIFACT_NAME,
  artifactInMemory,
  type ArtifactReader,
  digestFiles,
  exists,
  INDEX_NAME,
} from "../../artifact/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import { indexContent } from "../sets/mod.ts";

/** Files that make a folder an artifact, or weights of others. */
const OTHER_FOLDERS = [ARTIFACT_NAME, INDEX_NAME];

/**
 * Opens a plain folder of pictures as images: an index that is in no file, in
 * the order of the pictures' names and without classes.
 *
 * @returns undefined where the path is no folder, or one of an artifact
 * @throws {UserError} where it holds no pictures, or something that it may not
 */
export async function openPictureFolder(
  path: string,
): Promise<ArtifactReader | undefined> {
  const isFolder = await Deno.stat(path)
    .then(({ isDirectory }) => isDirectory, () => false);
  if (!isFolder) return undefined;
  for (const name of OTHER_FOLDERS) {
    if (await exists(join(path, name))) return undefined;
  }
  const pictures = await openEncoded(`pictures:${path}`);
  try {
    const { count, skipped } = pictures;
    const { tensors, config } = await indexContent(pictures, undefined);
    const reader = await artifactInMemory(path, {
      kind: "images",
      tensors: {
        ...tensors,
        labels: hostTensor("i32", [count], new Int32Array(count)),
      },
      config: {
        ...config,
        classes: pictures.classes.map(({ name }) => name),
        flips: pictures.classes.map(({ flips }) => flips),
        // All are of one class since none is known.
        isLabelled: false,
        ...skipped !== undefined && { skipped },
      },
    });
    const files = Array.from({ length: count }, (_, i) => pictures.id(i));
    const digest = () => digestFiles(path, files);
    return Object.create(reader, {
      files: { value: files },
      digest: { value: digest },
    });
  } finally {
    pictures.close();
  }
}
