import assert from "node:assert/strict";
import { unbuiltEngines } from "../../engines.ts";

Deno.test("SPHEREAR_REQUIRE_ENGINES names engines that are built", () => {
  assert.deepEqual(unbuiltEngines(), []);
});
