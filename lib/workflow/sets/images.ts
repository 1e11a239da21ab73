import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { View } from "../../image/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { readVaeConfig, vaeFile } from "../models/mod.ts";
import { type Labelled, readLabelled } from "./labelled.ts";
import { readPicked } from "./picked_rows.ts";
import { renderViews } from "./rendering.ts";

/** Labelled images of one size, which are read when they are asked for. */
export interface ImageSource extends Labelled {
  readonly count: number;
  /** Height and width in pixels. */
  readonly size: number;
  /** Some images as they are, the middle square of larger ones: u8 [images, size, size, 3]. */
  read(images: readonly number[]): Promise<HostTensor<"u8">>;
  /** Views of images, in [-1, 1]: f32 [views, 3, size, size]. */
  render(views: readonly View[]): Promise<HostTensor<"f32">>;
}

/**
 * Checks an images artifact by what it says of itself.
 *
 * @param size height and width that its images are to have
 * @throws {UserError} when it is empty, or its images are no squares of that size
 */
export function checkImages(
  reader: Pick<ArtifactReader, "name" | "sizes">,
  size?: number,
): void {
  const { images: count = 0, height, width } = reader.sizes;
  if (count === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
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
 * Opens an images artifact: labels and classes are read, images when they are
 * asked for.
 *
 * @throws {UserError} when it is empty, its images have another size, or a
 *   label has no class
 */
export async function openImages(
  reader: ArtifactReader,
  size?: number,
): Promise<ImageSource> {
  checkImages(reader, size);
  const { images: count = 0, height } = reader.sizes;
  const labelled = await readLabelled(reader);
  const read = async (rows: readonly number[]) =>
    await readPicked(reader, "images", { rows }) as HostTensor<"u8">;
  return {
    count,
    size: height!,
    ...labelled,
    read,
    async render(views) {
      const shown = [...new Set(views.map(({ picture }) => picture))];
      shown.sort((a, b) => a - b);
      const { data } = await read(shown);
      const place = new Map(shown.map((picture, i) => [picture, i]));
      return renderViews(
        { size: height!, background: labelled.background, data },
        views.map((view) => ({ ...view, picture: place.get(view.picture)! })),
      );
    },
  };
}
