import {
  type ArtifactContents,
  type ArtifactReader,
  asArtifact,
  writeArtifact,
} from "./artifact.ts";
import { readerOf } from "./safetensors_reader.ts";
import { memorySource } from "./source.ts";

/**
 * An artifact that is in no file.
 *
 * @param name what messages call it
 * @throws {UserError} where the tensors do not fit the kind
 */
export async function artifactInMemory(
  name: string,
  contents: ArtifactContents,
): Promise<ArtifactReader> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const target = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (piece) => void pieces.push(piece),
  });
  await writeArtifact(target as WritableStream<Uint8Array>, contents);
  const bytes = await new Blob(pieces).bytes();
  return asArtifact(await readerOf(memorySource(name, bytes)));
}
