import { digestBytes } from "../lib/artifact/mod.ts";
import type { DatasetEntry } from "./dataset.ts";

/** An entry that is in no split yet. */
export interface UnsplitEntry extends Omit<DatasetEntry, "split"> {
  /** Entries of one key are never parted: names, or what stands for them. */
  readonly key: string;
}

/** How entries are split. */
export interface SplitOptions<E> {
  /** Share of each class that is held out. */
  readonly share: number;
  /**
   * What tells whether pictures are equal; keys of equal pictures are not
   * parted either. Keys alone count where it is left out.
   */
  readonly contentOf?: ((entry: E) => Promise<string>) | undefined;
}

/** Keys that stay together, those of one key alone where no pictures are equal. */
interface Group {
  readonly label: number;
  readonly keys: ReadonlySet<string>;
  /** The smallest SHA-256 of its keys. */
  readonly digest: string;
}

/**
 * Puts every entry into a split.
 *
 * Of each class those groups of keys are held out that have the smallest
 * SHA-256, as many as fit into the share, which is rounded to the nearest
 * number of keys, halves to the even one. The choice depends on keys and
 * pictures alone, not on their order or the machine.
 */
export async function splitEntries<E extends UnsplitEntry>(
  entries: readonly E[],
  { share, contentOf }: SplitOptions<E>,
): Promise<readonly (E & DatasetEntry)[]> {
  const groups = groupsOf(await keyLinks(entries, contentOf));
  const held = new Set<string>();
  for (const label of new Set(groups.map((group) => group.label))) {
    const members = groups.filter((group) => group.label === label);
    for (const key of heldOutKeys(members, share)) held.add(key);
  }
  return entries.map((entry) => ({
    ...entry,
    split: held.has(entry.key) ? "heldout" : "train",
  }));
}

/** Keys with their class, and which others have an equal picture. */
interface KeyLinks {
  readonly labels: ReadonlyMap<string, number>;
  readonly equal: readonly (readonly string[])[];
}

async function keyLinks<E extends UnsplitEntry>(
  entries: readonly E[],
  contentOf: SplitOptions<E>["contentOf"],
): Promise<KeyLinks> {
  const labels = new Map<string, number>();
  const byContent = new Map<string, string[]>();
  for (const entry of entries) {
    if (!labels.has(entry.key)) labels.set(entry.key, entry.label);
    if (contentOf === undefined) continue;
    const content = await contentOf(entry);
    const known = byContent.get(content);
    if (known === undefined) byContent.set(content, [entry.key]);
    else known.push(entry.key);
  }
  return { labels, equal: [...byContent.values()] };
}

/** Joins keys that are linked; a group is of the class of its first key. */
function groupsOf({ labels, equal }: KeyLinks): readonly Group[] {
  const groupOf = new Map(
    [...labels.keys()].map((key) => [key, new Set([key])]),
  );
  for (const [first, ...others] of equal) {
    for (const other of others) {
      const [into, from] = [groupOf.get(first!)!, groupOf.get(other)!];
      if (into === from) continue;
      for (const key of from) groupOf.set(key, into.add(key));
    }
  }
  return [...new Set(groupOf.values())].map((keys) => {
    const [first] = keys;
    const [digest] = [...keys].map((key) => digestBytes(key)).sort();
    return { label: labels.get(first!)!, keys, digest: digest! };
  });
}

function heldOutKeys(groups: readonly Group[], share: number): Set<string> {
  const all = groups.reduce((sum, { keys }) => sum + keys.size, 0);
  const count = roundHalfEven(all * share);
  const held = new Set<string>();
  const inOrder = groups.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  for (const { keys } of inOrder) {
    if (held.size + keys.size > count) continue;
    for (const key of keys) held.add(key);
  }
  return held;
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
