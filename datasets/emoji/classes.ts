import type { DatasetClass } from "../dataset.ts";
import type { DatasetSize } from "../size.ts";

/** What `emoji.json` says of one emoji; the fields that are used. */
export interface EmojiRecord {
  readonly name: string;
  /** Codepoints in hexadecimal, joined by hyphens. */
  readonly unified: string;
  readonly image: string;
  /** Column and row in the sheets. */
  readonly sheet_x: number;
  readonly sheet_y: number;
  readonly short_names: readonly string[];
  readonly category: string;
  readonly subcategory: string;
  readonly has_img_google: boolean;
  readonly has_img_twitter: boolean;
}

interface EmojiClass extends DatasetClass {
  /** Whether an emoji belongs; the first class that claims it has it. */
  claims(emoji: EmojiRecord): boolean;
}

const PEOPLE = ["person", "person-fantasy", "person-gesture", "person-role"];
const ANIMALS = ["koala", "raccoon", "polar_bear", "panda_face"];
const CARS = [
  ...["bus", "oncoming_bus", "trolleybus", "minibus", "ambulance"],
  ...["fire_engine", "police_car", "oncoming_police_car", "taxi"],
  ...["oncoming_taxi", "car", "red_car", "oncoming_automobile", "blue_car"],
  ...["pickup_truck", "truck", "articulated_lorry", "tractor", "racing_car"],
];
const SIGNS = ["arrow", "av-symbol", "keycap", "zodiac"];

/**
 * Ten classes that look coherent at 32 pixels, in the order of the labels.
 *
 * Chosen so that a person recognises the samples of a model trained for
 * minutes; broader classes (food, plants, buildings) came out as blobs.
 */
export const EMOJI_CLASSES: readonly EmojiClass[] = [
  {
    name: "face",
    flips: true,
    claims: ({ subcategory }) =>
      subcategory.startsWith("face-") && subcategory !== "face-costume",
  },
  {
    name: "person",
    flips: true,
    claims: ({ subcategory }) => PEOPLE.includes(subcategory),
  },
  {
    name: "hand",
    flips: true,
    claims: ({ subcategory }) => subcategory.startsWith("hand"),
  },
  {
    name: "heart",
    flips: true,
    claims: ({ subcategory }) => subcategory === "heart",
  },
  { name: "animal", flips: true, claims: isAnimal },
  {
    name: "fruit",
    flips: true,
    claims: ({ subcategory }) => subcategory === "food-fruit",
  },
  {
    name: "car",
    flips: true,
    claims: ({ short_names }) => short_names.some((n) => CARS.includes(n)),
  },
  {
    name: "clock",
    flips: false,
    claims: ({ subcategory, short_names }) =>
      subcategory === "time" && !short_names.some((n) => n.includes("glass")),
  },
  {
    name: "flag",
    flips: false,
    claims: ({ category }) => category === "Flags",
  },
  {
    name: "sign",
    flips: false,
    claims: ({ subcategory }) => SIGNS.includes(subcategory),
  },
];

function isAnimal(emoji: EmojiRecord): boolean {
  const { category, subcategory, name, short_names } = emoji;
  if (["cat-face", "monkey-face"].includes(subcategory)) return true;
  if (category === "Animals & Nature" && name.includes("FACE")) return true;
  return short_names.some((n) => ANIMALS.includes(n));
}

/** The label of an emoji, or -1 where no class claims it. */
export function emojiLabel(emoji: EmojiRecord): number {
  return EMOJI_CLASSES.findIndex(({ claims }) => claims(emoji));
}

/** How many pictures both vendors have of them in this version of the package. */
const EMOJI_IMAGES = 1588;

/** How large the set of emoji is, at any of its sizes. */
export function emojiSize(): DatasetSize {
  const classes = EMOJI_CLASSES.map(({ name }) => name);
  return { images: EMOJI_IMAGES, classes };
}
