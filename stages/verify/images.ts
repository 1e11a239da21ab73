import type { SafetensorsReader } from "../../lib/artifact/mod.ts";
import { UserError } from "../../lib/artifact/mod.ts";
import {
  centerCrop,
  cropRange,
  decodeRgb,
  type Picture,
  randomCrop,
} from "../../lib/image/mod.ts";
import type { HostTensor } from "../../lib/tensor/host_tensor.ts";

/** One tensor of a recording as this program computes it. */
export interface ImageOutput {
  /** Name of the recorded tensor, such as `out/0/center_32`. */
  readonly name: string;
  readonly actual: HostTensor;
}

/**
 * Computes every output of a recording of decoding and cropping.
 *
 * Each `out/INDEX/WHAT` is u8 [height, width, 3], made from `in/INDEX/file`;
 * the sizes and draws stand in the name.
 *
 * @throws {UserError} when an input is missing or a name is not understood
 */
export async function* imageOutputs(
  recording: SafetensorsReader,
): AsyncGenerator<ImageOutput> {
  let decoded: { index: string; rgb: Picture } | undefined;
  for (const name of recording.tensors.keys()) {
    const [part, index, what] = name.split("/");
    if (part !== "out") continue;
    if (index === undefined || what === undefined) {
      throw new UserError(
        `Cannot verify "${recording.name}": unknown output "${name}"`,
      );
    }
    if (decoded?.index !== index) {
      const bytes = await recording.readBytes(`in/${index}/file`);
      const rgb = await decodeRgb(bytes, { name: `in/${index}/file` });
      decoded = { index, rgb };
    }
    const { width, height, data } = outputOf(decoded.rgb, {
      what,
      name: recording.name,
    });
    yield { name, actual: { dtype: "u8", shape: [height, width, 3], data } };
  }
}

function outputOf(
  rgb: Picture,
  { what, name }: { what: string; name: string },
): Picture {
  if (what === "rgb") return rgb;
  const center = /^center_(\d+)$/.exec(what);
  if (center) return centerCrop(rgb, Number(center[1]));
  const random = /^random_(\d+)_small(\d+)_top(\d+)_left(\d+)$/.exec(what);
  if (!random) {
    throw new UserError(`Cannot verify "${name}": unknown output "${what}"`);
  }
  const [size, smallerSide, top, left] = random.slice(1).map(Number);
  const draws = [top!, left!];
  return randomCrop(rgb, {
    size: size!,
    // The recorded draws are cut to their ranges, as the recorder cut them.
    smallerSide: Math.min(smallerSide!, cropRange(size!).most),
    integer: (count) => Math.min(draws.shift()!, count - 1),
  });
}
