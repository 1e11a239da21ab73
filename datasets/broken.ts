import { UserError } from "../lib/artifact/mod.ts";
import { freePicture } from "../lib/image/mod.ts";
import { decodeEncoded } from "./decode_encoded.ts";
import type { EncodedPictures } from "./encoded.ts";
import { inOrder } from "./in_order.ts";

/** Most broken pictures that are told by name. */
const TOLD = 10;

/** What looking for broken pictures is told and tells. */
export interface Looking {
  readonly signal?: AbortSignal | undefined;
  /** Is told of each picture that has been decoded, or could not be. */
  readonly onPicture?: (() => void) | undefined;
}

/** Pictures that cannot be decoded, by their indices: each of all is decoded. */
export async function brokenPictures(
  encoded: EncodedPictures,
  { signal, onPicture }: Looking = {},
): Promise<ReadonlySet<number>> {
  const broken = new Set<number>();
  async function test(index: number): Promise<void> {
    try {
      freePicture(await decodeEncoded(encoded, index));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      broken.add(index);
    }
  }
  for await (const _ of inOrder(Array(encoded.count).keys(), test)) {
    signal?.throwIfAborted();
    onPicture?.();
  }
  return broken;
}

/** What is left out of a dataset, in words; undefined for nothing. */
export function skippedText(
  encoded: EncodedPictures,
  broken: ReadonlySet<number>,
): string | undefined {
  if (broken.size === 0) return encoded.skipped;
  const told = [...broken].sort((a, b) => a - b).slice(0, TOLD)
    .map((index) => JSON.stringify(encoded.title(index)));
  const more = broken.size > TOLD ? [`${broken.size - TOLD} more`] : [];
  const words = `${broken.size} broken ` +
    `${broken.size === 1 ? "picture" : "pictures"}: ` +
    [...told, ...more].join(", ");
  return encoded.skipped === undefined ? words : `${encoded.skipped}; ${words}`;
}
