import { digestFile } from "../../lib/artifact/mod.ts";
import { encodedKind } from "../kind.ts";
import { publishedSize } from "../size.ts";

/** Pictures of the whole set. */
const IMAGES = 50_000;

/** ImageNet's validation pictures, labelled by a list. */
export const IMAGENET_VAL = encodedKind({
  name: "imagenet-val",
  argument: "PATH",
  help: "ILSVRC2012_img_val.tar, or a folder of its pictures; see --labels",
  opening: "indexes",
  store: "index",
  takesLabels: true,
  async encoded({ argument, labels, watch }) {
    const { openVal, valLabelsPath } = await import("../imagenet/val.ts");
    const labelsPath = await valLabelsPath(argument, labels);
    return await openVal(argument, { labelsPath, watch });
  },
  async size() {
    const { IMAGENET_NAMES } = await import("../imagenet/classes.ts");
    return publishedSize(IMAGES, IMAGENET_NAMES);
  },
  async fingerprint({ argument, labels }) {
    const val = await import("../imagenet/val.ts");
    const labelsPath = await val.valLabelsPath(argument, labels);
    const list = await digestFile(labelsPath);
    if (!await val.isValFolder(argument)) {
      const { sampledFingerprint } = await import("../../lib/container/mod.ts");
      return `${await sampledFingerprint([argument])} ${list}`;
    }
    const { listFingerprint } = await import("../fingerprint.ts");
    const pictures = await val.openVal(argument, { labelsPath });
    return `${listFingerprint(pictures)} ${list}`;
  },
});
