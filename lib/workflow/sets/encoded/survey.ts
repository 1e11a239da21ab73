import { UserError } from "../../../artifact/mod.ts";
import {
  FACTS_BYTES,
  ImageError,
  type PictureFacts,
  pictureFacts,
} from "../../../image/mod.ts";
import type { EncodedImages } from "./images.ts";

/** What encoded pictures are, by their headers. */
export interface PictureSurvey {
  /** Height and width of all in pixels; undefined where they differ. */
  readonly size: readonly [height: number, width: number] | undefined;
  /** Two of different sizes, in words, where they differ. */
  readonly unlike: string | undefined;
  /** How many there are of each format. */
  readonly formats: Readonly<Record<string, number>>;
  /** Formats of some in which pixels were lost, sorted. */
  readonly lossy: readonly string[];
}

/** Pictures that are asked at once. */
const AT_ONCE = 32;

/**
 * Reads the headers of all pictures, and nothing else where they have files.
 *
 * @throws {UserError} naming the first picture that cannot be read, or is none
 */
export async function surveyPictures(
  encoded: EncodedImages,
  { signal, onPictures = () => {} }: {
    readonly signal?: AbortSignal | undefined;
    /** Is told how many more were read. */
    readonly onPictures?: ((count: number) => void) | undefined;
  } = {},
): Promise<PictureSurvey> {
  const formats: Record<string, number> = {};
  const lossy = new Set<string>();
  let size: PictureSurvey["size"];
  let unlike: string | undefined;
  for (let start = 0; start < encoded.count; start += AT_ONCE) {
    signal?.throwIfAborted();
    const count = Math.min(AT_ONCE, encoded.count - start);
    const facts = await Promise.all(
      Array.from({ length: count }, (_, i) => factsOf(encoded, start + i)),
    );
    for (const [i, { format, width, height, isLossy }] of facts.entries()) {
      formats[format] = (formats[format] ?? 0) + 1;
      if (isLossy) lossy.add(format);
      size ??= [height, width];
      if (height === size[0] && width === size[1]) continue;
      unlike ??= `"${encoded.title(0)}" is ${size.join(" x ")}, ` +
        `"${encoded.title(start + i)}" ${height} x ${width}`;
    }
    onPictures(count);
  }
  return {
    size: unlike === undefined ? size : undefined,
    unlike,
    formats,
    lossy: [...lossy].sort(),
  };
}

async function factsOf(
  encoded: EncodedImages,
  index: number,
): Promise<PictureFacts> {
  const start = await encoded.start(index, FACTS_BYTES);
  try {
    return await pictureFacts(start, {
      name: encoded.title(index),
      // What is compressed with others comes whole.
      bytes: encoded.length(index) || start.length,
      whole: () => encoded.bytes(index),
    });
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new UserError(error.message, { cause: error });
  }
}
