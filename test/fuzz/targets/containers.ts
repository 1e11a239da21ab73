import { join } from "node:path";
import type { RandomStream } from "../../../lib/random/mod.ts";
import { innerTar, tinyJpeg } from "../../lib/container/_imagenet.ts";
import {
  checksumOf,
  paxOf,
  tarOf,
  type TestMember,
} from "../../lib/container/_tars.ts";
import { type Bytes, spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";

/** Prepares a dataset of a spoiled file. */
function commandOf(kind: string): FuzzTarget["command"] {
  return (path) => [
    ...["prepare", "--dataset", `${kind}:${path}`, "--size", "8"],
    ...["--heldout-share", "0", "-o", "train.safetensors"],
    ...["--heldout", "heldout.safetensors", "--force", "-q"],
  ];
}

/** An archive of archives with every sort of header. */
async function archive(): Promise<Bytes> {
  const jpeg = await tinyJpeg();
  const long = `deep/${"x".repeat(120)}/n01443537/a.jpg`;
  const members: readonly TestMember[] = [
    {
      name: "n01440764.tar",
      data: innerTar("n01440764", { pictures: 3, jpeg }),
      magic: "gnu",
    },
    { name: "././@LongLink", type: "L", data: `${long}\x00`, magic: "gnu" },
    { name: "short", data: jpeg, base256: true },
    paxOf({ path: "n01443537/b.jpg", size: String(jpeg.length) }),
    { name: "other", data: jpeg },
    { name: "n01443537/link.jpg", type: "2" },
  ];
  return tarOf(members);
}

/** A shard of pictures with labels of both sorts. */
async function shard(): Promise<Bytes> {
  const jpeg = await tinyJpeg();
  return tarOf([
    { name: "a.cls", data: "1" },
    { name: "a.jpg", data: jpeg },
    { name: "b.jpg", data: jpeg },
    { name: "b.json", data: '{"label": 3, "text": "b"}' },
  ]);
}

/** Spoils an archive; often its headers' checksums are made to fit again. */
function spoiledTar(bytes: Bytes, draws: RandomStream): Bytes {
  const result = spoiled(bytes, draws);
  if (draws.integer(4) === 0) return result;
  for (let at = 0; at + 512 <= result.length; at += 512) {
    const block = result.subarray(at, at + 512);
    // "ustar", or most of it.
    if (block[257] !== 0x75 && block[259] !== 0x74) continue;
    block.set(checksumOf(block), 148);
  }
  return result;
}

/** An archive in ImageNet's layout. */
export const ARCHIVES: FuzzTarget = {
  name: "archives",
  seeds: async () => [{ extension: "tar", bytes: await archive() }],
  spoil: spoiledTar,
  command: commandOf("imagenet"),
};

/** A shard of a WebDataset. */
export const SHARDS: FuzzTarget = {
  name: "shards",
  seeds: async () => [{ extension: "tar", bytes: await shard() }],
  spoil: spoiledTar,
  command: commandOf("webdataset"),
};

/** Parquet files in the Hub's layout, of every codec. */
export const TABLES: FuzzTarget = {
  name: "tables",
  async seeds() {
    const folder = join(import.meta.dirname!, "../../lib/container/parquet");
    const names = ["snappy", "plain", "zstd", "gzip", "brotli"];
    return await Promise.all(names.map(async (name) => ({
      extension: "parquet",
      bytes: await Deno.readFile(join(folder, `${name}.parquet`)),
    })));
  },
  spoil: spoiled,
  // A row of each has no picture.
  command: (path) => [...commandOf("parquet")(path), "--skip-broken"],
};
