import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { PAPER_AR, PRESETS } from "../../../../lib/preset/checked.ts";
import { numbersOf } from "../../../../lib/workflow/options/sampling_numbers.ts";

const SHARED = {
  num_classes: 1000,
  latent_dim: 16,
  grid: 16,
  ...PAPER_LAW,
};
const RELEASED = { ...PAPER_AR.L, ...SHARED };

Deno.test("numbersOf() samples released models as the release does", async () => {
  // The scales are those that spec and README of the release name as best.
  for (const [letter, cfg] of [["B", 4.5], ["L", 4.6], ["H", 4.5]] as const) {
    const found = await numbersOf({ ...PAPER_AR[letter], ...SHARED }, {});
    assert.equal(found.from, `SphereAR-${letter}`);
    const { perClass: _, ...numbers } = found.numbers;
    assert.deepEqual(numbers, {
      solver: "euler-maruyama",
      steps: 100,
      cfg,
      cfgSchedule: "linear",
    });
  }
});

Deno.test("numbersOf() prefers what is given, and tiny for other models", async () => {
  const given = await numbersOf(RELEASED, { steps: 50, cfg: 2 });
  assert.deepEqual(
    [given.from, given.numbers.steps, given.numbers.cfg, given.numbers.solver],
    ["SphereAR-L", 50, 2, "euler-maruyama"],
  );
  const { sampling } = PRESETS.tiny;
  const preset = await numbersOf(RELEASED, { preset: "tiny" });
  assert.deepEqual(preset, { from: "tiny", numbers: sampling });
  const other = await numbersOf({ ...RELEASED, n_layer: 3 }, {});
  assert.deepEqual(other, { from: "tiny", numbers: sampling });
});
