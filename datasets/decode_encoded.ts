import { checkPictureFile, decodeRgb, type Picture } from "../lib/image/mod.ts";
import type { EncodedPictures } from "./encoded.ts";
import { clearly } from "./pictures.ts";

/**
 * Decodes one of encoded pictures.
 *
 * @throws {UserError} naming it where it cannot be read or decoded
 */
export async function decodeEncoded(
  encoded: EncodedPictures,
  index: number,
): Promise<Picture> {
  const name = encoded.title(index);
  const place = encoded.place(index);
  return await clearly(name, async () => {
    // A huge one with a file of its own is refused before it is read.
    if (place?.offset === 0) await checkPictureFile(place.file, { name });
    return await decodeRgb(await encoded.bytes(index), { name });
  });
}
