import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openSafetensors,
  UserError,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import { verifyFile } from "../../../../lib/workflow/verify/mod.ts";
import { tensorOf } from "../../../cases/values.ts";
import { openEngine } from "../../../engines.ts";

const GOLDEN =
  new URL("../../../golden/inception.safetensors", import.meta.url).pathname;

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

interface Contents {
  readonly tensors: Record<string, HostTensor>;
  readonly config: { keys: Record<string, number[]> };
}

/** Checks a changed copy of the recording. */
async function verifyChanged(change: (contents: Contents) => void) {
  const reader = await openSafetensors(GOLDEN);
  const tensors: Record<string, HostTensor> = {};
  for (const name of reader.tensors.keys()) {
    // The images of one size are enough.
    if (name.includes("/64/")) tensors[name] = await reader.read(name);
  }
  const { case: name, config: text } = reader.metadata;
  reader.close();
  const config = JSON.parse(text!);
  change({ tensors, config });
  const metadata = { case: name!, config: JSON.stringify(config) };
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "changed.safetensors");
    await writeSafetensors(path, { tensors, metadata });
    return await verifyFile(path, engine!);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** An image's numbers several times. */
function repeated({ dtype, shape, data }: HostTensor, times: number) {
  const all = Array.from({ length: times }, () => [...data]).flat();
  return tensorOf(dtype, [times, ...shape.slice(1)], all);
}

function test(what: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `${what}${reason === "" ? "" : ` (ignored: ${reason})`}`,
    ignore: engine === undefined,
    sanitizeResources: false,
    sanitizeOps: false,
    fn,
  });
}

test("verify takes inception's images of other sizes and numbers, and features of them", async () => {
  const { checks, pass } = await verifyChanged(({ tensors }) => {
    tensors["in/three/images"] = repeated(tensors["in/64/images"]!, 3);
    tensors["out/three/pool_3"] = repeated(tensors["out/64/pool_3"]!, 3);
    delete tensors["out/64/logits_unbiased"];
  });
  assert.deepEqual(checks.map(({ tensor }) => tensor).sort(), [
    "out/64/pool_3",
    "out/64/spatial",
    "out/three/pool_3",
  ]);
  assert.ok(pass);
});

test("verify fails where the spatial numbers stand in another order", async () => {
  const { checks, pass } = await verifyChanged(({ tensors }) => {
    const { shape, data } = tensors["out/64/spatial"]!;
    // As PyTorch has them: channel by channel.
    const pixels = 17 * 17;
    const moved = Float32Array.from(data, (_, at) => {
      const [row, i] = [Math.floor(at / 2023), at % 2023];
      const [channel, pixel] = [Math.floor(i / pixels), i % pixels];
      return Number(data[row * 2023 + pixel * 7 + channel]);
    });
    tensors["out/64/spatial"] = hostTensor("f32", shape, moved);
  });
  assert.equal(pass, false);
  const failed = checks.filter((check) => !check.pass);
  assert.deepEqual(failed.map(({ tensor }) => tensor), ["out/64/spatial"]);
});

const REFUSED: Readonly<
  Record<string, readonly [(contents: Contents) => void, RegExp]>
> = {
  "another network": [
    ({ config }) => config.keys["fc.weight"] = [1000, 2048],
    /config\.keys: "fc\.weight" is \[1000,2048\], expected \[1008,2048\]/,
  ],
  "a network of fewer layers": [
    ({ config }) => delete config.keys["Mixed_7c.branch1x1.conv.weight"],
    /"Mixed_7c\.branch1x1\.conv\.weight" is missing, expected \[320,2048,1,1\]/,
  ],
  "images that are none": [
    ({ tensors }) => {
      const data = new Uint8Array(64);
      tensors["in/64/images"] = hostTensor("u8", [1, 8, 8, 1], data);
    },
    /"in\/64\/images" is u8 \[1,8,8,1\], expected u8 \[images, height/,
  ],
  "inputs that are no images": [
    ({ tensors }) => {
      tensors["in/64/noise"] = hostTensor("f32", [1], Float32Array.of(1));
    },
    /unknown input "in\/64\/noise"/,
  ],
  "features of another width": [
    ({ tensors }) => {
      const data = new Float32Array(2);
      tensors["out/64/pool_3"] = hostTensor("f32", [1, 2], data);
    },
    /"out\/64\/pool_3" has shape \[1,2\], expected \[1,2048\]/,
  ],
};

for (const [what, [change, message]] of Object.entries(REFUSED)) {
  test(`verify refuses ${what} in a recording of inception`, async () => {
    await assert.rejects(
      () => verifyChanged(change),
      (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}
