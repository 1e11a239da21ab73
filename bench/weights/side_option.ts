import { InvalidArgumentError, Option } from "commander";
import { IMAGE_SIDES, type ReleaseSize } from "./random_model.ts";

/** `--side`: what the release's images measure. */
export function sideOption(): Option {
  return new Option("--side <pixels>", "side of the images")
    .argParser(parseSide).default(IMAGE_SIDES[0]);
}

function parseSide(text: string): ReleaseSize["side"] {
  const side = IMAGE_SIDES.find((known) => `${known}` === text);
  if (side !== undefined) return side;
  throw new InvalidArgumentError(`Expected ${IMAGE_SIDES.join(" or ")}`);
}
