import assert from "node:assert/strict";
import { loadUserStage } from "../../../../lib/workflow/pipeline/mod.ts";

Deno.test("loadUserStage() takes no file for code that is not named so", async () => {
  await assert.rejects(
    loadUserStage("passwd", "/etc"),
    /^UserError: Cannot load stage "\/etc\/passwd": expected a file of TypeScript/,
  );
});
