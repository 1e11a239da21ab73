/** Parts of exported models, with what they are. */
export const BROWSER_WORKS = {
  "tiny token": "the tiny preset reads a token: its blocks over their caches",
  "tiny head": "one velocity of the tiny preset's head",
  "tiny decoder": "the tiny S-VAE's decoder",
  "B head": "one velocity of the head of SphereAR-B",
} as const;

/** Name of a part. */
export type BrowserWork = keyof typeof BROWSER_WORKS;

/** All of them, in their order. */
export const BROWSER_WORK_NAMES = Object.keys(
  BROWSER_WORKS,
) as readonly BrowserWork[];

/** How a work is done. */
export interface BrowserOptions {
  /** Images, or rows of the head. */
  readonly rows: number;
  /** Turns of each library. */
  readonly rounds: number;
}

/** What a library did with a work. */
export interface Done {
  /** Compilation and the first result. */
  readonly firstSeconds: number;
  /** From the host's inputs to a result on the host, averaged over each turn. */
  readonly seconds: readonly number[];
}

/** Both libraries with one work. */
export interface BrowserResult {
  readonly spherear: Done;
  readonly onnxruntime: Done | { readonly missing: string };
  /** Largest difference of the results, over our largest value. */
  readonly difference?: number;
}

/** The adapter, as the page's engine calls it. */
export interface BrowserAdapter {
  readonly description: string;
  readonly features: readonly string[];
}
