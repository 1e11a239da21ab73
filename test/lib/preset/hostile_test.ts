import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../../lib/artifact/mod.ts";
import { resolvePreset } from "../../../lib/preset/checked.ts";
import { PRESET_NAMES } from "../../../lib/preset/mod.ts";
import { presetText } from "../../../lib/workflow/presets/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

/** What may stand in the place of some characters of a file. */
const PIECES = fc.oneof(
  fc.constantFrom("", "[", "{}", "[]", "nan", "-1", "1e400", '"vit"', "true"),
  fc.constantFrom("\n[__proto__]\nx = 1\n", '\nextends = "a.toml"\n'),
  fc.constantFrom("2020-01-01", "99999999999999999999", "\n[[vae]]\n"),
  fc.string({ maxLength: 8, unit: "binary" }),
);

/** Changes of a text: where, how much goes, and what comes. */
const CHANGES = fc.array(
  fc.record({
    at: fc.nat({ max: 3_000 }),
    gone: fc.nat({ max: 30 }),
    piece: PIECES,
  }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("resolvePreset() reads or refuses changed files in one line", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.toml`;
    const property = fc.asyncProperty(
      fc.constantFrom(...PRESET_NAMES),
      CHANGES,
      async (preset, changes) => {
        let text = presetText(await resolvePreset({ preset }));
        for (const { at, gone, piece } of changes) {
          const start = at % text.length;
          text = text.slice(0, start) + piece + text.slice(start + gone);
        }
        await Deno.writeTextFile(path, text);
        await resolvePreset({ preset: path }).catch((error) => {
          assert.ok(error instanceof UserError, String(error));
          assert.doesNotMatch(error.message, /\n/);
          assert.ok(error.message.length < 600, error.message);
        });
      },
    );
    await fc.assert(property, { numRuns: 300, seed: 1 });
  }));
