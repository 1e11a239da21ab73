import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import { imageOutputs } from "../../../stages/verify/images.ts";

const RECORDING = new URL(
  "../../golden/images.safetensors",
  import.meta.url,
).pathname;

Deno.test("imageOutputs() equals the recording byte for byte", async () => {
  const recording = await openSafetensors(RECORDING);
  const names = new Set<string>();
  const wrong: string[] = [];
  for await (const { name, actual } of imageOutputs(recording)) {
    const expected = await recording.read(name);
    assert.deepEqual(actual.shape, expected.shape, name);
    const at = actual.data.findIndex((value, i) => value !== expected.data[i]);
    if (at >= 0) {
      const found = `${actual.data[at]} for ${expected.data[at]}`;
      wrong.push(`${name} at ${at}: ${found}`);
    }
    names.add(name);
  }
  assert.deepEqual(wrong, []);
  const recorded = [...recording.tensors.keys()].filter((name) =>
    name.startsWith("out/")
  );
  assert.deepEqual([...names], recorded);
  recording.close();
});
