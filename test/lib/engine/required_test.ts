import assert from "node:assert/strict";
import { engineAvailable, unknownRequirements } from "../../engines.ts";

Deno.test("SPHEREAR_REQUIRE_ENGINES names what tests know", () => {
  assert.deepEqual(unknownRequirements(), []);
});

Deno.test("engineAvailable() fails where a required adapter is missing", async () => {
  const { available, reason } = await engineAvailable("webgpu");
  assert.equal(available, reason === "");
});
