import assert from "node:assert/strict";
import { resolvePreset } from "../../../../lib/preset/checked.ts";
import { PRESET_NAMES } from "../../../../lib/preset/mod.ts";
import { presetText } from "../../../../lib/workflow/presets/preset_text.ts";
import { inFolder } from "../../artifact/_bytes.ts";

for (const preset of PRESET_NAMES) {
  Deno.test(`presetText() of ${preset} reads back as the same numbers`, () =>
    inFolder(async (folder) => {
      const path = `${folder}/copy.toml`;
      const resolved = await resolvePreset({ preset });
      await Deno.writeTextFile(path, presetText(resolved));
      const copy = await resolvePreset({ preset: path });
      assert.deepEqual(copy.numbers, resolved.numbers);
      assert.equal(copy.summary, resolved.summary);
    }));
}
