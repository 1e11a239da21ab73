import { type SplitRule, type Store, storeOf } from "../../../datasets/mod.ts";
import { type JsonRecord, UserError } from "../../artifact/mod.ts";
import { TINY_IMAGES } from "../../preset/mod.ts";

/** What people say of a dataset that is to be prepared. */
export interface PrepareOptions {
  readonly dataset: string;
  readonly labels?: string | undefined;
  readonly store?: Store | undefined;
  /** Height and width of the images in pixels. */
  readonly size: number;
  /** Smallest share of the smaller side that a crop shows. */
  readonly minFraction: number;
  readonly format: "jpeg" | "webp";
  /** Of JPEG files, from 1 to 100. */
  readonly quality: number;
  /** Megabytes of a shard, about. */
  readonly shard: number;
  readonly heldoutShare?: number | undefined;
  readonly splitBy?: SplitRule | undefined;
  readonly flip?: string | undefined;
  readonly skipBroken?: boolean | undefined;
}

/** The same with everything decided. */
export interface Settled extends PrepareOptions {
  readonly store: Store;
  readonly heldoutShare: number;
  readonly splitBy: SplitRule;
}

/** Options that change what only some stores hold. */
const OWN = ["size", "minFraction", "format", "quality", "shard"] as const;

/** Those of each store. */
const USES: Readonly<Record<Store, readonly (typeof OWN[number])[]>> = {
  pixels: ["size"],
  original: ["shard"],
  resized: OWN,
  index: [],
};

/**
 * Decides what options leave open: the store by the dataset, and to hold nothing
 * out where nobody asks for held-out images.
 *
 * @throws {UserError} where pictures that stay encoded are to be split by content
 */
export function settled(
  options: PrepareOptions,
  { heldout }: { readonly heldout: boolean },
): Settled {
  const { dataset, store = storeOf(dataset), splitBy } = options;
  if (store !== "pixels" && splitBy === "content") {
    throw new UserError(
      `Cannot split "${dataset}" by content with store "${store}": pictures ` +
        "are not compared, expected names",
    );
  }
  return {
    ...options,
    store,
    heldoutShare: options.heldoutShare ?? (heldout ? TINY_IMAGES.heldout : 0),
    splitBy: splitBy ?? (store === "pixels" ? "content" : "names"),
  };
}

/** Options as a recipe has them: without those that change nothing. */
export function recorded(settled: Settled): JsonRecord {
  const unused = OWN.filter((name) => !USES[settled.store].includes(name));
  return Object.fromEntries(
    Object.entries(settled).filter(([name, value]) =>
      value !== undefined && !(unused as readonly string[]).includes(name)
    ),
  );
}
