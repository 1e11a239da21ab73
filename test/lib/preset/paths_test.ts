import assert from "node:assert/strict";
import { nearestPaths, NUMBERS } from "../../../lib/preset/paths.ts";

Deno.test("NUMBERS has the numbers of nested and optional sections", () => {
  assert.ok(NUMBERS.has("heldout"));
  assert.ok(NUMBERS.has("vae.cnn_chs"));
  assert.ok(NUMBERS.has("vaeTraining.adversarial.discriminator"));
  assert.ok(!NUMBERS.has("vae"));
  assert.ok(!NUMBERS.has("vaeTraining.adversarial"));
});

Deno.test("NUMBERS describes every number", () => {
  const bare = [...NUMBERS].filter(([, help]) => help === "");
  assert.deepEqual(bare, []);
});

Deno.test("nearestPaths() finds slips of the pen and names without sections", () => {
  assert.equal(nearestPaths("vae.z_chanels")[0], "vae.z_channels");
  assert.equal(nearestPaths("klWeight")[0], "vaeTraining.klWeight");
  assert.equal(nearestPaths("arTraining.klweight")[0], "vaeTraining.klWeight");
  assert.equal(nearestPaths("x".repeat(1_000_000)).length, 3);
});
