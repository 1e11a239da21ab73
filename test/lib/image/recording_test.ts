import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import {
  centerCrop,
  decodeRgb,
  type Picture,
  randomCrop,
} from "../../../lib/image/mod.ts";

const RECORDING = new URL(
  "../../golden/images.safetensors",
  import.meta.url,
).pathname;

/** What each recorded output is made by; the numbers are the recording's. */
const OUTPUTS: Readonly<Record<string, (rgb: Picture) => Picture>> = {
  rgb: (rgb) => rgb,
  center_32: (rgb) => centerCrop(rgb, 32),
  center_64: (rgb) => centerCrop(rgb, 64),
  center_256: (rgb) => centerCrop(rgb, 256),
  random_64_small70_top3_left2: (rgb) =>
    randomCrop(rgb, {
      size: 64,
      smallerSide: 70,
      top: (count) => Math.min(3, count - 1),
      left: (count) => Math.min(2, count - 1),
    }),
};

Deno.test("decoding and crops equal Pillow's byte for byte", async () => {
  const recording = await openSafetensors(RECORDING);
  const { cases } = JSON.parse(recording.metadata["config"]!);
  const wrong: string[] = [];
  for (const { index, mode, format } of cases) {
    const bytes = await recording.readBytes(`in/${index}/file`);
    const rgb = await decodeRgb(bytes, { name: `${index}` });
    for (const [what, make] of Object.entries(OUTPUTS)) {
      const { width, height, data } = make(rgb);
      const expected = await recording.read(`out/${index}/${what}`);
      assert.deepEqual([height, width, 3], expected.shape);
      const at = data.findIndex((value, i) => value !== expected.data[i]);
      if (at >= 0) wrong.push(`${index} ${mode} ${format} ${what} at ${at}`);
    }
  }
  assert.deepEqual(wrong, []);
  recording.close();
});
