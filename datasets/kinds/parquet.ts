import { filesOf } from "../files_of.ts";
import { encodedKind } from "../kind.ts";
import { sizeByBytes } from "../size.ts";

/** Tables of pictures as the Hugging Face Hub has them. */
export const PARQUET = encodedKind({
  name: "parquet",
  argument: "FILES",
  help: "the Hub's {00000..00293}.parquet or a folder of them, columns image " +
    "and label",
  opening: "indexes",
  store: "index",
  async encoded({ argument, watch }) {
    const { openHub } = await import("../parquet/hub.ts");
    return await openHub(await filesOf(argument, ".parquet"), watch);
  },
  async size({ argument }) {
    return await sizeByBytes(await filesOf(argument, ".parquet"));
  },
  async fingerprint({ argument }) {
    const { sampledFingerprint } = await import("../../lib/container/mod.ts");
    return await sampledFingerprint(await filesOf(argument, ".parquet"));
  },
});
