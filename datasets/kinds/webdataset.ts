import { filesOf } from "../files_of.ts";
import { encodedKind } from "../kind.ts";
import { sizeByBytes } from "../size.ts";

/** Archives in which the files of a picture follow each other: WebDataset. */
export const WEBDATASET = encodedKind({
  name: "webdataset",
  argument: "SHARDS",
  help:
    "archives {000000..000146}.tar or a folder of them, .jpg with .cls or " +
    ".json",
  opening: "indexes",
  store: "index",
  async encoded({ argument, watch }) {
    const { openShards } = await import("../webdataset/shards.ts");
    return await openShards(await filesOf(argument, ".tar"), watch);
  },
  async size({ argument }) {
    return await sizeByBytes(await filesOf(argument, ".tar"));
  },
  async fingerprint({ argument }) {
    const { sampledFingerprint } = await import("../../lib/container/mod.ts");
    return await sampledFingerprint(await filesOf(argument, ".tar"));
  },
});
