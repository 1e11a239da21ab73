import assert from "node:assert/strict";
import { type GpuView, sharedGpus } from "../../../lib/parallel/mod.ts";

function view(host: string, ...devices: string[]): GpuView {
  return { host, devices, chosen: {} };
}

Deno.test("sharedGpus() finds ranks that see the same GPUs of a machine", () => {
  const all = ["/dev/nvidia0", "/dev/nvidia1"];
  assert.deepEqual(
    sharedGpus([view("a", ...all), view("b", ...all), view("a", ...all)]),
    [[0, 2]],
  );
});

Deno.test("sharedGpus() leaves ranks that were given GPUs of their own", () => {
  const [one, two] = [view("a", "/dev/nvidia0"), view("a", "/dev/nvidia1")];
  assert.deepEqual(sharedGpus([one, two]), []);
  const chosen = { ...one, chosen: { DRI_PRIME: "1" } };
  assert.deepEqual(sharedGpus([one, chosen]), []);
  // Without GPUs none is shared.
  assert.deepEqual(sharedGpus([view("a"), view("a")]), []);
});
