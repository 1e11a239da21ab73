import assert from "node:assert/strict";
import { openArtifact, writeArtifact } from "../../../lib/artifact/mod.ts";
import { readTrainingLog } from "../../../lib/report/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";

/** Writes an artifact with these log entries and reads its log back. */
async function logOf(entries: Readonly<Record<string, readonly number[]>>) {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/vae.safetensors`;
  const tensors = Object.fromEntries(
    Object.entries(entries).map(([name, values]) => [
      name,
      hostTensor("f32", [values.length], Float32Array.from(values)),
    ]),
  );
  await writeArtifact(path, { kind: "svae", tensors, config: {} });
  const artifact = await openArtifact(path, "svae");
  try {
    return await readTrainingLog(artifact);
  } finally {
    artifact.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readTrainingLog() reads the log and nothing else", async () => {
  const log = await logOf({
    "log/l1": [1, 2],
    "log/loss": [0.5, 0.25],
    "weight": [1],
  });
  assert.deepEqual(Object.keys(log).sort(), ["l1", "loss"]);
  assert.deepEqual([...log.loss!], [0.5, 0.25]);
});

Deno.test("readTrainingLog() is empty where there is no log", async () => {
  assert.deepEqual(await logOf({ weight: [1] }), {});
});

Deno.test("readTrainingLog() refuses figures of another length", async () => {
  const broken = logOf({ "log/l1": [1, 2], "log/loss": [1] });
  await assert.rejects(broken, /entries/);
});
