import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import { decodeRgb } from "../../../lib/image/mod.ts";

/** Odd files with Pillow's `convert("RGB")` of each, by make_odd.py. */
const RECORDING = new URL("odd.safetensors", import.meta.url).pathname;

const reader = await openSafetensors(RECORDING);
const names = [...reader.tensors.keys()]
  .filter((name) => name.endsWith("/file"))
  .map((name) => name.replace(/\/file$/, ""));

for (const name of names.sort()) {
  Deno.test(`decodeRgb() has Pillow's bytes of ${name}`, async () => {
    const file = await reader.readBytes(`${name}/file`);
    const { shape, data } = await reader.read(`${name}/rgb`);
    const found = await decodeRgb(file, { name });
    assert.deepEqual([found.height, found.width, 3], shape);
    const differing = found.data.findIndex((byte, at) => byte !== data[at]);
    assert.equal(
      differing,
      -1,
      `byte ${differing}: ${found.data[differing]}, not ${data[differing]}`,
    );
  });
}
