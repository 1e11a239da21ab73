import type { ArtifactReader, JsonRecord } from "../../artifact/mod.ts";
import type { PictureOrigin } from "./pixels.ts";

/**
 * What features are of, for figures that are made of them: the digest of the
 * network's weights as they were published, and of the images what their artifact
 * says of itself, with the options that it was made by.
 *
 * @param origin what the images were as pictures, where they were encoded
 */
export async function provenance(
  { images, network }: {
    readonly images: ArtifactReader;
    readonly network: ArtifactReader;
  },
  origin?: PictureOrigin,
): Promise<JsonRecord> {
  const { classes = [], ...config } = images.config;
  return {
    weights: network.inputs["weights"] ?? await network.digest(),
    classes,
    source: {
      kind: images.kind,
      digest: await images.digest(),
      config,
      ...origin && { pictures: origin },
      ...madeBy(images),
    },
  };
}

/** How images were made, as far as their artifact says it. */
export function madeBy(
  { recipe, inputs }: ArtifactReader,
): JsonRecord {
  return {
    ...recipe && { recipe },
    ...Object.keys(inputs).length > 0 && { inputs },
  };
}
