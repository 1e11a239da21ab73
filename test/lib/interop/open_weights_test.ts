import assert from "node:assert/strict";
import { join } from "node:path";
import {
  FormatError,
  INDEX_NAME,
  UserError,
  writeSafetensors,
} from "../../../lib/artifact/mod.ts";
import { openWeights, toFloat32 } from "../../../lib/interop/mod.ts";
import { hostTensor } from "../../../lib/tensor/host_tensor.ts";
import { inFolder } from "../artifact/_bytes.ts";

const FIRST = hostTensor("f32", [3, 2], Float32Array.of(0, 1, 2, 3, 4, 5));
const SECOND = hostTensor("f32", [], Float32Array.of(7));

async function assertHolds(path: string): Promise<void> {
  const file = await openWeights(path);
  assert.equal(file.format, "safetensors");
  const model = file.sets.get("model")!;
  const rows = await model.readRows("first", { start: 1, count: 2 });
  assert.deepEqual([...toFloat32(rows, "F32")], [2, 3, 4, 5]);
  const scalar = await model.readRows("second", { start: 0, count: 1 });
  assert.deepEqual([...toFloat32(scalar, "F32")], [7]);
  assert.match(await file.digest(), /^[0-9a-f]{64}$/);
  file.close();
}

Deno.test("openWeights() reads a safetensors file of any name", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "weights.pt");
    await writeSafetensors(path, { tensors: { first: FIRST, second: SECOND } });
    await assertHolds(path);
  });
});

Deno.test("openWeights() reads a folder of shards, or its index", async () => {
  await inFolder(async (folder) => {
    const tensors = { first: FIRST, second: SECOND };
    const map: Record<string, string> = {};
    for (const [name, tensor] of Object.entries(tensors)) {
      map[name] = `${name}.safetensors`;
      const path = join(folder, map[name]!);
      await writeSafetensors(path, { tensors: { [name]: tensor } });
    }
    const index = join(folder, INDEX_NAME);
    await Deno.writeTextFile(index, JSON.stringify({ weight_map: map }));
    await assertHolds(folder);
    await assertHolds(index);
  });
});

Deno.test("openWeights() reads the format before PyTorch 1.6", async () => {
  const file = await openWeights(join(import.meta.dirname!, "legacy.pt"));
  assert.equal(file.format, "PyTorch checkpoint of the format before 1.6");
  const rows = await file.sets.get("model")!
    .readRows("only", { start: 0, count: 2 });
  assert.deepEqual([...toFloat32(rows, "F32")], [0, 1]);
  file.close();
});

Deno.test("openWeights() refuses other files with one line", async () => {
  await inFolder(async (folder) => {
    const neither = /it is neither a PyTorch checkpoint nor a safetensors file/;
    const cases: [string, Uint8Array | string, RegExp][] = [
      ["empty.pt", "", neither],
      ["text.pt", "some text that is long enough", neither],
      ["bare.pt", Uint8Array.of(0x80, 2, 0x4e, 0x2e), neither],
      ["lfs.pt", "version https://git-lfs.github.com/spec/v1", /Git LFS/],
      ["cut.pt", Uint8Array.of(0x50, 0x4b, 3, 4), /may be cut short/],
      [
        "cut.safetensors",
        Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0, 0x7b),
        /HeaderTruncated/,
      ],
    ];
    for (const [name, data, reason] of cases) {
      const path = join(folder, name);
      const bytes = typeof data === "string"
        ? new TextEncoder().encode(data)
        : data;
      await Deno.writeFile(path, bytes);
      await assert.rejects(openWeights(path), (error) => {
        assert.ok(error instanceof UserError || error instanceof FormatError);
        assert.match(error.message, reason);
        assert.ok(error.message.includes(path));
        return true;
      });
    }
    await assert.rejects(openWeights(join(folder, "none")), /no such file/);
    await assert.rejects(
      openWeights(folder),
      /index\.json" in it, found neither/,
    );
  });
});
