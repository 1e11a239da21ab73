import { readTextFile, UserError } from "../../lib/artifact/mod.ts";
import { IMAGENET_SYNSETS, SYNSET } from "./classes.ts";

/** Where each synset stands among the sorted ones. */
const rankOf = new Map(
  IMAGENET_SYNSETS.toSorted().map((synset, label) => [synset, label]),
);

/** The number of a validation picture, from 1, in its name. */
const NUMBER = /_(\d{8})\.\w+$/;

/** A line as it is read: the picture that it names, if any, and its class. */
interface Line {
  /** Name without what stands before the last slash, and without extension. */
  readonly picture: string | undefined;
  readonly label: number | undefined;
}

/** Labels of validation pictures, by their names. */
export interface ValLabels {
  /** How many pictures are labelled. */
  readonly count: number;
  /** Index among the sorted synsets; undefined where nothing is said. */
  of(name: string): number | undefined;
}

/**
 * Reads who shows what in ImageNet's validation pictures, from any of:
 *
 * - the development kit's list of numbers, ILSVRC2012_ID of each picture
 * - a list of synsets, one for each picture
 * - lines of a picture's name and its synset, or its index among the sorted
 *   synsets, parted by a space or a comma; more on a line is passed over
 *
 * @throws {UserError} naming file and line where one says something else
 */
export async function readValLabels(path: string): Promise<ValLabels> {
  const text = await readTextFile(path);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const byPlace: number[] = [];
  const byName = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    // Tables may have a head.
    if (line === "" || (i === 0 && /^ImageId\b/.test(line))) continue;
    const { picture, label } = parseLine(line);
    if (label === undefined) {
      throw new UserError(
        `Cannot read "${path}": line ${i + 1}: expected a synset, a number ` +
          "from 1 to 1000, or a picture with its synset or its class from 0 " +
          `to 999, found ${JSON.stringify(line.slice(0, 60))}`,
      );
    }
    if (picture === undefined) byPlace.push(label);
    else byName.set(picture, label);
  }
  if ((byPlace.length === 0) === (byName.size === 0)) {
    throw new UserError(
      `Cannot read "${path}": expected lines with pictures' names or lines ` +
        `without, found ${byPlace.length === 0 ? "neither" : "both"}`,
    );
  }
  return {
    count: byPlace.length + byName.size,
    of(name) {
      if (byName.size > 0) return byName.get(stemOf(name));
      return byPlace[Number(NUMBER.exec(name)?.[1] ?? 0) - 1];
    },
  };
}

function parseLine(line: string): Line {
  const [first = "", second] = line.split(/[\s,]+/);
  if (SYNSET.test(first)) {
    return { picture: undefined, label: rankOf.get(first) };
  }
  if (/^\d{1,4}$/.test(first)) {
    const synset = IMAGENET_SYNSETS[Number(first) - 1];
    return { picture: undefined, label: rankOf.get(synset ?? "") };
  }
  return { picture: stemOf(first), label: classOf(second ?? "") };
}

function classOf(word: string): number | undefined {
  if (!/^\d{1,3}$/.test(word)) return rankOf.get(word);
  return Number(word);
}

function stemOf(name: string): string {
  return name.replace(/^.*\//, "").replace(/\.\w+$/, "");
}
