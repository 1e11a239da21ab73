/** A file that others publish, and how to know it. */
export interface KnownFile {
  readonly name: string;
  readonly sha256: string;
  /** Where it is from, for people. */
  readonly source: string;
}

/** Files of weights that are no model of this project, by what they are for. */
export const KNOWN_FILES = {
  vgg16: {
    name: "vgg16-397923af.pth",
    sha256: "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    source: "VGG16_Weights.IMAGENET1K_V1 of torchvision",
  },
  lpips: {
    name: "vgg.pth",
    sha256: "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868",
    source: "lpips/weights/v0.1 of github.com/richzhang/PerceptualSimilarity",
  },
} as const satisfies Readonly<Record<string, KnownFile>>;
