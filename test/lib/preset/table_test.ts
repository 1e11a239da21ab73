import assert from "node:assert/strict";
import { numbersIn } from "../../../lib/preset/tree.ts";
import { inSteps } from "../../../lib/preset/length.ts";
import type { PresetRow } from "../../../lib/preset/row.ts";
import { PRESET_SCHEMA } from "../../../lib/preset/schema/preset.ts";
import { PRESET_NAMES, ROWS, statementsOf } from "../../../lib/preset/table.ts";
import { PRESETS } from "../../../lib/preset/presets.ts";
import { resolvePreset } from "../../../lib/preset/resolve.ts";

/** What a source may cite, by its kind. */
const CITED: Readonly<Record<string, RegExp>> = {
  paper: /^(Section \d|Appendix [A-K]|Table \d)/,
  release: /^(README\.md|\w+\.py|SphereAR\/\w+)/,
  others: /^[\w-]+\/[\w-]+, \w/,
  here: /^[a-z0-9].*[^.]$/,
};

for (const name of PRESET_NAMES) {
  const row: PresetRow = ROWS[name];

  Deno.test(`preset ${name} fits the schema`, () => {
    const { success, error } = PRESET_SCHEMA.safeParse(PRESETS[name]);
    assert.ok(success, String(error));
    assert.match(row.summary, /^[A-Z].*[^.]$/);
  });

  Deno.test(`preset ${name} has a source for every number`, async () => {
    const { numbers, sources } = await resolvePreset({ preset: name });
    const paths = numbersIn(numbers).map(([path]) => path.join("."));
    assert.deepEqual([...sources.keys()].sort(), paths.sort());
    assert.ok(paths.length >= 15, `${paths.length}`);
    for (const { kind, where } of sources.values()) {
      assert.match(where, CITED[kind]!);
    }
  });

  Deno.test(`preset ${name} says each number once, and nothing twice`, () => {
    const base = row.extends === undefined ? [] : statementsOf(row.extends);
    const before = new Map(
      base.flatMap(({ numbers }) => numbersIn(numbers))
        .map(([path, value]) => [path.join("."), value]),
    );
    const said = row.statements.flatMap(({ numbers }) => numbersIn(numbers));
    const paths = said.map(([path]) => path.join("."));
    assert.equal(new Set(paths).size, paths.length, paths.join(" "));
    const isNew = paths.includes("vae.backbone");
    for (const [path, value] of said) {
      // With another backbone its sizes start anew.
      if (isNew && path[0] === "vae") continue;
      assert.notDeepEqual(value, before.get(path.join(".")), path.join("."));
    }
  });
}

Deno.test("the paper's presets train for the paper's epochs", () => {
  // 1,281,167 images: 5,004 whole batches of 256 and 2,502 of 512.
  const steps = (training: Parameters<typeof inSteps>[0]) =>
    inSteps(training, 1_281_167).steps;
  const { vaeTraining } = PRESETS["imagenet256-svae"];
  assert.equal(steps(vaeTraining), 100 * 5_004);
  assert.equal(steps(PRESETS["imagenet256-h"].arTraining), 400 * 2_502);
  assert.equal(steps(PRESETS["imagenet512-l"].arTraining), 400 * 2_502);
  const short = PRESETS["ablation-s-08"];
  assert.equal(steps(short.vaeTraining), 50 * 5_004);
  assert.equal(steps(short.arTraining), 50 * 5_004);
  assert.equal(short.arTraining.batch, 256);
});

Deno.test("the tokenizer at 512 pixels is the one of the AR preset", () => {
  const [svae, l] = [PRESETS["imagenet512-svae"], PRESETS["imagenet512-l"]];
  assert.deepEqual(svae.vae, l.vae);
  assert.deepEqual(svae.vaeTraining, l.vaeTraining);
  // Appendix E.
  assert.equal(svae.vae.image_size, 512);
  assert.equal(svae.vaeTraining.klWeight, 0.016);
});

Deno.test("the paper's AR training ends at the release's least rate", () => {
  const { learningRate, finalRate } = PRESETS["imagenet256-b"].arTraining;
  const last = learningRate * finalRate;
  if (!(Math.abs(last - 1e-5) <= 1e-18)) assert.fail(`${last}`);
});
