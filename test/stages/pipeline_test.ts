import assert from "node:assert/strict";
import { join } from "node:path";
import type { Preset } from "../../lib/preset/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { tarOf } from "../lib/container/_tars.ts";
import { spherear } from "./run_cli.ts";

const STAGE = new URL("../lib/pipeline/example_stages.ts", import.meta.url);

async function withFile(
  text: string,
  check: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "mine.toml");
  await Deno.writeTextFile(path, text);
  const own = `export { make as stage } from ${JSON.stringify(STAGE.href)};`;
  await Deno.writeTextFile(join(folder, "my_stage.ts"), own);
  await Deno.writeTextFile(join(folder, "empty.ts"), "export const a = 1;");
  try {
    await check(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("pipeline runs a user's stage and finds it done again", async () => {
  const text = 'folder = "out"\n[stages.mine]\nuses = "./my_stage.ts"';
  await withFile(text, async (path, folder) => {
    const dry = await spherear(["pipeline", path, "--dry-run"]);
    assert.match(dry.err, /mine +would run: .* is missing/);
    assert.match(dry.out, /^mine +\? +\? +\?$/m);
    const first = await spherear(["pipeline", path]);
    assert.equal(first.code, 0, first.err);
    assert.ok(Deno.statSync(join(folder, "out/mine.safetensors")).isFile);
    const second = await spherear(["pipeline", path]);
    assert.match(second.err, /^mine +done: /);
    assert.equal(second.err.trim().split("\n").length, 1);
    // What is done takes nothing: no machine is measured for it.
    const planned = await spherear(["pipeline", path, "--dry-run"]);
    assert.equal(planned.out, "");
  });
});

/** Pipeline files that are refused, with what the message must say. */
const BROKEN: readonly (readonly [string, RegExp])[] = [
  ['[stages.a]\nuses = "./none.ts"', /none\.ts": Module not found/],
  ['[stages.a]\nuses = "./empty.ts"', /empty\.ts": it exports no "stage"/],
  ["[stages.a]", /mine\.toml": stages\.a: no stage is called "a"/],
  ["stages = 3", /mine\.toml": stages: .*found 3/],
];

for (const [text, message] of BROKEN) {
  Deno.test(`pipeline refuses ${JSON.stringify(text)}`, async () => {
    await withFile(text, async (path) => {
      const { code, err } = await spherear(["pipeline", path]);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.equal(err.trim().split("\n").length, 1, err);
    });
  });
}

Deno.test("pipeline says what a preset of the paper takes on ImageNet", async () => {
  const folder = ["--folder", join(await Deno.makeTempDir(), "run")];
  const data = ["--data", await emptyImagenet()];
  const args = ["pipeline", "--preset", "imagenet256-b", ...data, ...folder];
  const { code, out, err } = await spherear([...args, "--dry-run"]);
  assert.equal(code, 0, err);
  assert.match(out, /^prepare +1,281,167 images +66\.0 MiB$/m);
  // Whole batches of 512 and of 256 in those that are not held out.
  assert.match(out, /^train-ar +998,800 steps of 512 images .* EFLOP /m);
  assert.match(out, /^train-vae +499,400 steps of 256 images .* EFLOP /m);
  assert.match(out, /^cache +1,278,605 images in 22 views +241\.4 GiB /m);
  assert.match(out, /^all .* GiB .* EFLOP +[\d.]+ (years|days)$/m);
  assert.match(out, /^Times are an estimate: .* GFLOP\/s/m);
  assert.match(
    out,
    /^prepare: assumes that all 1,281,167 pictures are there$/m,
  );
  assert.match(out, /^train-vae: with VGG16 .* needs --perceptual$/m);
});

/** An archive in ImageNet's layout with one archive that is empty. */
async function emptyImagenet(): Promise<string> {
  const path = join(await Deno.makeTempDir(), "ILSVRC2012_img_train.tar");
  const data = new Uint8Array(1024);
  await Deno.writeFile(path, tarOf([{ name: "n01440764.tar", data }]));
  return path;
}

/** The presets that name images to run on. */
const RUNNABLE = Object.entries<Preset>(PRESETS)
  .filter(([, { dataset }]) => dataset !== undefined)
  .map(([name]) => name);

for (const preset of RUNNABLE) {
  Deno.test(`pipeline wires the preset ${preset}`, async () => {
    const folder = join(await Deno.makeTempDir(), "run");
    const args = ["pipeline", "--preset", preset, "--folder", folder];
    const { code, out, err } = await spherear([...args, "--dry-run", "--json"]);
    assert.equal(code, 0, err);
    const { results } = JSON.parse(out) as { results: { state: string }[] };
    assert.ok(results.length > 8);
    assert.ok(results.every(({ state }) => state === "would run"));
  });
}

Deno.test("pipeline takes a preset file and settings to every stage", async () => {
  const text = 'extends = "tiny"\n[vaeTraining]\nsteps = 7\n';
  await withFile(text, async (path, folder) => {
    const run = ["--folder", join(folder, "run"), "--dry-run", "--json"];
    const own = await spherear(["pipeline", "--preset", path, ...run]);
    assert.equal(own.code, 0, own.err);
    const set = ["--set", "sampling.cfg=2", "--set", "ar.n_layer=2"];
    const named = await spherear(["pipeline", "tiny", ...set, ...run]);
    assert.equal(named.code, 0, named.err);
    const bad = ["--set", "ar.n_layers=2"];
    const slip = await spherear(["pipeline", "tiny", ...bad, ...run]);
    assert.equal(slip.code, 2);
    assert.match(slip.err, /"ar\.n_layers".* ar\.n_layer,/);
  });
});

Deno.test("pipeline refuses presets without images, and settings of files", async () => {
  const paper = await spherear(["pipeline", "imagenet256-b", "--dry-run"]);
  assert.equal(paper.code, 2);
  assert.match(paper.err, /"imagenet256-b" as .* nothing of dataset; name/);
  const set = ["--set", "ar.n_layer=2"];
  const file = await spherear(["pipeline", "mine.toml", ...set]);
  assert.equal(file.code, 2);
  assert.match(file.err, /--set/);
  const images = ["--val-labels", "val.txt"];
  const labelled = await spherear(["pipeline", "mine.toml", ...images]);
  assert.equal(labelled.code, 2);
  assert.match(labelled.err, /--val-labels .* as the labels of prepare$/m);
  const weights = ["--perceptual", "v.safetensors"];
  const given = await spherear(["pipeline", "mine.toml", ...weights]);
  assert.equal(given.code, 2);
  assert.match(given.err, /--perceptual .* as an input of train-vae$/m);
});

Deno.test("pipeline names a preset once where its numbers do not fit", async () => {
  const set = ["weight=0.1", "batchNormRows=7"]
    .flatMap((text) => ["--set", `vaeTraining.adversarial.${text}`]);
  const folder = ["--folder", join(await Deno.makeTempDir(), "run")];
  const args = ["pipeline", "tiny", ...set, ...folder, "--dry-run", "-q"];
  const { code, err } = await spherear(args);
  assert.equal(code, 2);
  assert.equal(
    err.trim(),
    'Error: Preset "tiny": stages.train-vae: Cannot norm 7 images together: ' +
      "expected batchNormRows that divides the batch of 32",
  );
});

Deno.test("pipeline takes one of a file and a preset", async () => {
  const args = ["pipeline", "emoji64", "--preset", "tiny", "--dry-run"];
  const { code, err } = await spherear(args);
  assert.equal(code, 2);
  assert.match(err, /^Error: Cannot run "emoji64" and --preset tiny: expected/);
});

Deno.test("pipeline refuses unknown presets and files", async () => {
  const preset = await spherear(["pipeline", "--preset", "huge"]);
  assert.equal(preset.code, 2);
  assert.match(preset.err, /tiny, emoji64/);
  const file = await spherear(["pipeline", "/nowhere.toml"]);
  assert.equal(file.code, 2);
  assert.match(file.err, /"\/nowhere\.toml": no such file/);
});
