import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../../../lib/artifact/mod.ts";
import { stringsOf } from "../../../../lib/workflow/sets/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";

Deno.test("stringsOf() says what it found in the place of names", () =>
  inFolder(async (folder) => {
    for (
      const [config, message] of [
        [{}, /config\.classes: expected a list, found nothing$/],
        [{ classes: "cat" }, /config\.classes: expected a list, found "cat"$/],
        [{ classes: ["cat", 7] }, /config\.classes holds 7, expected names$/],
      ] as const
    ) {
      const path = join(folder, "ar.safetensors");
      await writeArtifact(path, { kind: "ar", tensors: {}, config });
      const reader = await openArtifact(path);
      reader.close();
      assert.throws(() => stringsOf(reader, "classes"), message);
    }
  }));
