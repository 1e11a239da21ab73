/**
 * A small set in ImageNet's layout and of its pictures' size, cut out of
 * photographs that a person has, such as those of Debian's wallpapers.
 *
 * @module
 */
import { Command } from "commander";
import { parseCount } from "../parse_count.ts";
import { cutPictures, QUALITY } from "./crops.ts";
import { writeArchive, writeFolders } from "./write.ts";

export { cutPictures, type Cutting, type MadePicture } from "./crops.ts";

interface Flags {
  readonly classes: number;
  readonly count: number;
  readonly quality: number;
  readonly seed: number;
  readonly output: string;
}

/** `bench photographs`. */
export function photographsCommand(): Command {
  return new Command("photographs")
    .description(
      "Cut a stand-in for ImageNet out of photographs, as an archive of " +
        "archives (-o train.tar) or a folder of folders",
    )
    .argument("<folders...>", "where photographs are, at any depth")
    .option("--classes <count>", "classes", parseCount, 10)
    .option("--count <count>", "pictures in all", parseCount, 2000)
    .option("--quality <count>", "of their files", parseCount, QUALITY)
    .option("--seed <number>", "seed of the places", Number, 0)
    .requiredOption("-o, --output <path>", "where they go")
    .action(async (from: string[], { output, ...flags }: Flags) => {
      const pictures = cutPictures({ from, ...flags });
      const write = output.endsWith(".tar") ? writeArchive : writeFolders;
      const count = await write(output, pictures);
      console.error(`Wrote ${count} pictures into "${output}"`);
    });
}
