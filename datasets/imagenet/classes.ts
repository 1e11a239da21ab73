import classes from "./classes.json" with { type: "json" };

/** Names of ImageNet's 1,000 classes in the order of their sorted synsets. */
export const IMAGENET_NAMES: readonly string[] = classes.names;

/** Synsets by ILSVRC2012_ID less 1, as the development kit numbers them. */
export const IMAGENET_SYNSETS: readonly string[] = classes.synsets;

/** How a synset is written. */
export const SYNSET = /^n\d{8}$/;

const nameOf = new Map(
  IMAGENET_SYNSETS.toSorted().map((synset, i) => [synset, IMAGENET_NAMES[i]!]),
);

/** The name that people know a synset by; itself where it is not of the 1,000. */
export function synsetName(synset: string): string {
  return nameOf.get(synset) ?? synset;
}

/** Whose the pictures are. */
export const IMAGENET_LICENCES = [
  "ImageNet (ILSVRC 2012) pictures: their owners, for non-commercial research",
] as const;
