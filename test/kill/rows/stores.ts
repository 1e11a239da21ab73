import { innerTar, tinyJpeg } from "../../lib/container/_imagenet.ts";
import { tarOf } from "../../lib/container/_tars.ts";
import type { KilledRow } from "../row.ts";

/** An archive of archives, of which each has some pictures of 8 x 8 pixels. */
async function archive(): Promise<Uint8Array> {
  const jpeg = await tinyJpeg();
  return tarOf(
    ["n01440764", "n01443537"].map((synset) => ({
      name: `${synset}.tar`,
      data: innerTar(synset, { pictures: 300, jpeg }),
      magic: "gnu",
    })),
  );
}

const files = { "train.tar": await archive() };

const ASKED = "prepare --dataset imagenet:train.tar --heldout-share 0.1 " +
  "-o train/ --heldout heldout/";

/** Sets that are not decoded, in folders of many shards. */
export const STORES: readonly KilledRow[] = [
  { name: "prepare-index", lines: [`${ASKED} --store index -q`], files },
  {
    name: "prepare-original",
    lines: [`${ASKED} --store original --shard 0.02 -q`],
    files,
  },
  {
    name: "prepare-resized",
    lines: [`${ASKED} --store resized --size 5 --shard 0.02 -q`],
    files,
  },
];
