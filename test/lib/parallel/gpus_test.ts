import assert from "node:assert/strict";
import { hostname } from "node:os";
import {
  type GpuView,
  gpuView,
  sharedGpus,
} from "../../../lib/parallel/mod.ts";

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

/** Files of a machine: of three GPUs, one of which this process may not open. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  "/dev": ["nvidia1", "nvidiactl", "nvidia0", "nvidia-uvm", "null"],
  "/dev/dri": ["card0", "renderD128", "by-path"],
};
const WITHHELD = "/dev/nvidia1";

/** Has this process see {@linkcode FILES}, until it is disposed. */
function machine(): Disposable {
  const { readDirSync, openSync } = Deno;
  Object.assign(Deno, {
    readDirSync: (folder: string) => FILES[folder]!.map((name) => ({ name })),
    openSync: (path: string) => {
      if (path === WITHHELD) throw new Deno.errors.PermissionDenied(path);
      return { close: () => {} };
    },
  });
  return {
    [Symbol.dispose]: () => void Object.assign(Deno, { readDirSync, openSync }),
  };
}

Deno.test("gpuView() sees the GPUs that it may open, and what chooses among them", () => {
  using _ = machine();
  const variables: Record<string, string> = {
    DRI_PRIME: "1",
    // Vulkan does not read it.
    CUDA_VISIBLE_DEVICES: "0",
  };
  assert.deepEqual(gpuView((name) => variables[name]), {
    host: hostname(),
    devices: ["/dev/dri/renderD128", "/dev/nvidia0"],
    chosen: { DRI_PRIME: "1" },
  });
});
