import {
  centerCrop,
  cropRange,
  decodeRgb,
  type Picture,
  randomCrop,
} from "../../image/mod.ts";
import type { Check } from "./check.ts";
import type { Recording } from "../recording/mod.ts";

/**
 * Computes every output of a recording of decoding and cropping.
 *
 * Each `out/INDEX/WHAT` is u8 [height, width, 3], made from `in/INDEX/file`;
 * the sizes and draws stand in the name.
 *
 * @throws {UserError} when an input is missing or a name is not understood
 */
export async function* imagesCase(
  recording: Recording,
): AsyncGenerator<Check> {
  let decoded: { index: string; rgb: Picture } | undefined;
  for (const name of recording.names("out/")) {
    const [, index, what] = name.split("/");
    if (index === undefined || what === undefined) {
      throw recording.error(`unknown output "${name}"`);
    }
    if (decoded?.index !== index) {
      await recording.read(`in/${index}/file`);
      const bytes = await recording.reader.readBytes(`in/${index}/file`);
      const rgb = await decodeRgb(bytes, { name: `in/${index}/file` });
      decoded = { index, rgb };
    }
    const picture = outputOf(decoded.rgb, what);
    if (picture === undefined) {
      throw recording.error(`unknown output "${name}"`);
    }
    const { width, height, data } = picture;
    yield {
      tensor: name,
      actual: { dtype: "u8", shape: [height, width, 3], data },
      expected: await recording.read(name),
      tolerance: 0,
    };
  }
}

function outputOf(rgb: Picture, what: string): Picture | undefined {
  if (what === "rgb") return rgb;
  const center = /^center_(\d+)$/.exec(what);
  if (center) return centerCrop(rgb, Number(center[1]));
  const random = /^random_(\d+)_small(\d+)_top(\d+)_left(\d+)$/.exec(what);
  if (!random) return undefined;
  const [size, smallerSide, top, left] = random.slice(1).map(Number);
  return randomCrop(rgb, {
    size: size!,
    // The recorded draws are cut to their ranges, as the recorder cut them.
    smallerSide: Math.min(smallerSide!, cropRange(size!).most),
    top: (count) => Math.min(top!, count - 1),
    left: (count) => Math.min(left!, count - 1),
  });
}
