import assert from "node:assert/strict";
import { sampleCommand } from "../../../lib/sample/command.ts";

Deno.test("sampleCommand() quotes what a shell would read otherwise", () => {
  assert.equal(
    sampleCommand({ ar: "my ar.safetensors", classes: "it's", seed: 3 }),
    String
      .raw`spherear sample --ar 'my ar.safetensors' --classes 'it'\''s' --seed 3`,
  );
});
