import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "../repository/source_files.ts";

Deno.test("bench archives indexes every picture that it made", async () => {
  const script = join(import.meta.dirname!, "../../bench/mod.ts");
  const args = ["archives", "--synsets", "3", "--pictures", "40"];
  const text = await runDeno(["run", "-A", "--no-check", script, ...args]);
  const { images, classes, synsets } = JSON.parse(text);
  assert.deepEqual({ images, classes, synsets }, {
    images: 120,
    classes: 3,
    synsets: 3,
  });
});
