import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { resize } from "../../image/mod.ts";
import type { FeatureModel } from "../../metric/mod.ts";
import { featureNetworkOf, type Resize } from "../../model/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { areEncoded, imageSizeOf, picturesOf } from "../sets/mod.ts";
import { openPixels, type PixelSource } from "./pixels.ts";

/** What comes of images before the network sees them. */
export interface Fitting {
  /** In pixels, of what the network's graph is given. */
  readonly height: number;
  readonly width: number;
  readonly resize: Resize;
}

/**
 * How images come to a network's size.
 *
 * @throws {UserError} where it takes images of its own size alone, and these are not
 */
export function fittingOf(
  { config }: FeatureModel,
  { name, height, width }: Pick<PixelSource, "name" | "height" | "width">,
): Fitting {
  const network = featureNetworkOf(config);
  const size = network.size(config);
  if (height === size && width === size) {
    return { height, width, resize: "none" };
  }
  if (network.resize === "none") {
    throw new UserError(
      `Cannot use "${name}": its images are ${height} x ${width}, ` +
        `${network.title} takes ${size} x ${size}`,
    );
  }
  return network.resize === "bicubic"
    ? { height: size, width: size, resize: "bicubic" }
    : { height, width, resize: network.resize };
}

/**
 * Refuses images that a network could not look at. Headers of pictures are read
 * where nothing else says their size.
 *
 * @throws {UserError} as {@linkcode fittingOf} and {@linkcode openPixels}
 */
export async function checkFitting(
  model: FeatureModel,
  images: ArtifactReader,
  size: number | undefined,
): Promise<void> {
  if (!areEncoded(images) || size !== undefined) {
    const { name } = images;
    const height = imageSizeOf(images, size);
    const { width = height } = images.sizes;
    fittingOf(model, { name, height, width });
    return;
  }
  using source = await openPixels(images);
  fittingOf(model, source);
}

/** Images u8 [n, H, W, 3] as the network's graph takes them. */
export function fitImages(
  images: HostTensor,
  { height, width, resize: by }: Fitting,
): HostTensor {
  if (by !== "bicubic") return images;
  const size = height * width * 3;
  const pictures = picturesOf(images as HostTensor<"u8">);
  const data = new Uint8Array(pictures.length * size);
  pictures.forEach((picture, i) => {
    const resized = resize(picture, { height, width, filter: by });
    data.set(resized.data, i * size);
  });
  return hostTensor("u8", [pictures.length, height, width, 3], data);
}
