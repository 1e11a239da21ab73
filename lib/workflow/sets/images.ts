import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { readVaeConfig, vaeFile } from "../models/mod.ts";
import { decodedImages } from "./decoding/decoded_images.ts";
import { areEncoded, openEncodedImages } from "./encoded/images.ts";
import type { ImageSource } from "./image_source.ts";
import { readLabelled } from "./labelled.ts";
import { readPicked } from "./picked_rows.ts";
import { renderViews } from "./rendering.ts";

/** What an artifact of images says of their size. */
type SizedImages = Pick<ArtifactReader, "name" | "sizes" | "form" | "config">;

/**
 * Checks an images artifact by what it says of itself.
 *
 * @param size height and width that its images are to have, where they are not
 *   cut out of encoded ones
 * @throws {UserError} when it is empty, or its images are no squares of that size
 */
export function checkImages(
  reader: SizedImages,
  size?: number,
): void {
  const { images: count = 0, height, width } = reader.sizes;
  if (count === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  if (areEncoded(reader)) {
    requireLarge(reader, size);
    return;
  }
  if (height !== width || (size !== undefined && height !== size)) {
    throw new UserError(
      `Cannot use "${reader.name}": its images are ${height} x ${width}, ` +
        `expected ${size ?? height} x ${size ?? height}`,
    );
  }
}

/**
 * The same of images that a VAE is to encode.
 *
 * @throws {UserError} naming the file, what was found and what was expected
 */
export function checkImagesOfVae(
  { svae, images }: {
    readonly svae: ArtifactReader;
    readonly images: ArtifactReader;
  },
): void {
  const { image_size } = readVaeConfig(vaeFile(svae));
  checkImages(images, image_size);
}

/**
 * Opens an images artifact of any form: labels and classes are read, images when
 * they are asked for.
 *
 * @param size height and width of the images: encoded ones are cut to it, pixels
 *   have it or any one where it is not given
 * @throws {UserError} when it is empty, its images have another size, or a
 *   label has no class
 */
export async function openImages(
  reader: ArtifactReader,
  size?: number,
): Promise<ImageSource> {
  checkImages(reader, size);
  if (!areEncoded(reader)) return await openPixels(reader);
  const cut = imageSizeOf(reader, size);
  return decodedImages(await openEncodedImages(reader), { size: cut });
}

/**
 * Height and width of images as they are read: of pixels their own; encoded ones
 * are cut to what is asked for, else to what they were scaled for.
 *
 * @throws {UserError} where nobody says it
 */
export function imageSizeOf(reader: SizedImages, size?: number): number {
  const { name, sizes, config } = reader;
  const own = areEncoded(reader) ? config["size"] : sizes["height"];
  const cut = size ?? own;
  if (typeof cut === "number") return cut;
  throw new UserError(
    `Cannot use "${name}": its images are encoded: expected a size that they ` +
      "are cut to",
  );
}

/** @throws {UserError} where images were scaled for smaller crops */
function requireLarge(
  { name, config: { size: own } }: Pick<SizedImages, "name" | "config">,
  size: number | undefined,
): void {
  if (size === undefined || typeof own !== "number" || size <= own) return;
  throw new UserError(
    `Cannot use "${name}": its images were scaled for crops of ${own} x ` +
      `${own}, expected ${size} x ${size}: prepare --size ${size} makes them`,
  );
}

/** Images whose pixels lie in the artifact. */
async function openPixels(reader: ArtifactReader): Promise<ImageSource> {
  const { images: count = 0, height } = reader.sizes;
  const labelled = await readLabelled(reader);
  const read = async (rows: readonly number[]) =>
    await readPicked(reader, "images", { rows }) as HostTensor<"u8">;
  return {
    count,
    size: height!,
    ...labelled,
    read,
    async render(views, used) {
      const shown = [...new Set(views.map(({ picture }) => picture))];
      shown.sort((a, b) => a - b);
      const { data } = await read(shown);
      const place = new Map(shown.map((picture, i) => [picture, i]));
      return renderViews(
        { size: height!, background: labelled.background, data },
        views.map((view) => ({ ...view, picture: place.get(view.picture)! })),
        { used },
      );
    },
    [Symbol.dispose]() {},
  };
}
