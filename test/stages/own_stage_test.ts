import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../lib/artifact/mod.ts";
import { hostTensor } from "../../lib/tensor/mod.ts";
import { ROOT, spherear } from "./run_cli.ts";

Deno.test("the example of a user's stage runs in a pipeline", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Two images of one grey value each: 10 and 210.
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => i < 12 ? 10 : 210);
    await writeArtifact(join(folder, "images.safetensors"), {
      kind: "images",
      config: { classes: ["grey"] },
      tensors: {
        images: hostTensor("u8", [2, 2, 2, 3], pixels),
        labels: hostTensor("i32", [2], new Int32Array(2)),
      },
    });
    const own = JSON.stringify(join(ROOT, "docs/examples/my_stage.ts"));
    const text = `[stages.look]\nuses = ${own}\n` +
      'inputs = { images = "images.safetensors" }';
    await Deno.writeTextFile(join(folder, "mine.toml"), text);
    const { code, err } = await spherear(["pipeline", "mine.toml"], {
      cwd: folder,
    });
    assert.equal(code, 0, err);
    const path = join(folder, "runs/mine/look.safetensors");
    const metrics = await openArtifact(path, "metrics");
    assert.deepEqual(metrics.config, { bright: 1 });
    const { data } = await metrics.read("brightness");
    assert.deepEqual(Array.from(data, Math.round), [10, 210]);
    metrics.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
