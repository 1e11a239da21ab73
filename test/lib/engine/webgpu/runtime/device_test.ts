import assert from "node:assert/strict";
import { askForCooperativeMatrices } from "../../../../../lib/engine/webgpu/runtime/device.ts";

Deno.test("a refusal tells an adapter without cooperative matrices from a WebGPU that withholds them", async () => {
  const refusals = [
    ["absent", new TypeError("Not a subset of the adapter's features")],
    ["withheld", new DOMException("Not enabled", "OperationError")],
  ] as const;
  for (const [expected, error] of refusals) {
    const requestDevice = () => Promise.reject(error);
    assert.equal(await askForCooperativeMatrices({ requestDevice }), expected);
  }
});

Deno.test("a device that was granted cooperative matrices is given back", async () => {
  const asked: unknown[] = [];
  let destroyed = 0;
  const device = { destroy: () => destroyed++ } as unknown as GPUDevice;
  const requestDevice: GPUAdapter["requestDevice"] = (descriptor) => {
    asked.push(...descriptor?.requiredFeatures ?? []);
    return Promise.resolve(device);
  };
  assert.equal(await askForCooperativeMatrices({ requestDevice }), "granted");
  assert.deepEqual(asked, ["wgpu-cooperative-matrix"]);
  assert.equal(destroyed, 1);
});
