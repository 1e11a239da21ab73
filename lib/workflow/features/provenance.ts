import type { ArtifactReader, JsonRecord } from "../../artifact/mod.ts";

/**
 * What features are of, for figures that are made of them: the digest of the
 * network's weights as they were published, and of the images what their artifact
 * says of itself, with the options that it was made by.
 */
export async function provenance(
  { images, network }: {
    readonly images: ArtifactReader;
    readonly network: ArtifactReader;
  },
): Promise<JsonRecord> {
  const { classes = [], ...config } = images.config;
  return {
    weights: network.inputs["weights"] ?? await network.digest(),
    classes,
    source: {
      kind: images.kind,
      digest: await images.digest(),
      config,
      ...images.recipe && { recipe: images.recipe },
    },
  };
}
