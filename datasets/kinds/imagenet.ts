import { encodedKind } from "../kind.ts";
import { publishedSize } from "../size.ts";

/** Pictures of the whole set. */
const IMAGES = 1_281_167;

/**
 * ImageNet's training pictures: the official archive of archives, read in
 * place; a folder of the archives inside of it; or a folder of their folders.
 */
export const IMAGENET = encodedKind({
  name: "imagenet",
  argument: "PATH",
  help:
    "ILSVRC2012_img_train.tar, or a folder of its archives or their folders",
  opening: "indexes",
  store: "index",
  async encoded({ argument, watch }) {
    const { openTrain } = await import("../imagenet/train.ts");
    return await openTrain(argument, watch);
  },
  async size() {
    const { IMAGENET_NAMES } = await import("../imagenet/classes.ts");
    return publishedSize(IMAGES, IMAGENET_NAMES);
  },
  async fingerprint({ argument }) {
    const { trainSource } = await import("../imagenet/source.ts");
    const { sampledFingerprint } = await import("../../lib/container/mod.ts");
    const source = await trainSource(argument);
    if (source.form === "archive") {
      return await sampledFingerprint([source.path]);
    }
    if (source.form === "archives") {
      return await sampledFingerprint(source.synsets.map(({ path }) => path));
    }
    const { openTrain } = await import("../imagenet/train.ts");
    const { listFingerprint } = await import("../fingerprint.ts");
    return listFingerprint(await openTrain(argument));
  },
});
