/** The presets of the paper's AR models at 256 pixels, by the models' letters. */
export const PAPER_PRESETS = {
  B: "imagenet256-b",
  L: "imagenet256-l",
  H: "imagenet256-h",
} as const;

/** Letter of one of the paper's AR models. */
export type PaperLetter = keyof typeof PAPER_PRESETS;
