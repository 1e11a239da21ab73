import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { UserError } from "../../../lib/artifact/mod.ts";
import { requireSection, resolvePreset } from "../../../lib/preset/resolve.ts";
import { PRESETS } from "../../../lib/preset/presets.ts";
import { inFolder } from "../artifact/_bytes.ts";

/** Writes files of a folder by name. */
async function write(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}

Deno.test("resolvePreset() is the table's row where nothing is set", async () => {
  for (const name of ["tiny", "imagenet512-l"] as const) {
    const { numbers } = await resolvePreset({ preset: name });
    assert.deepEqual(numbers, PRESETS[name]);
  }
});

Deno.test("resolvePreset() puts files over what they extend, and settings last", async () => {
  await inFolder(async (folder) => {
    await write(folder, {
      "base.toml": 'extends = "tiny"\n[vaeTraining]\nsteps = 5\nbatch = 6',
      "sub/mine.toml": 'extends = "../base.toml"\nsummary = "Mine"\n' +
        "[vae]\nz_channels = 256\n[vaeTraining]\nbatch = 7",
    });
    const mine = `${folder}/sub/mine.toml`;
    const found = await resolvePreset({
      preset: mine,
      set: ["vaeTraining.warmup=1"],
    });
    assert.equal(found.summary, "Mine");
    const { vae, vaeTraining } = PRESETS.tiny;
    assert.deepEqual(found.numbers, {
      ...PRESETS.tiny,
      vae: { ...vae, z_channels: 256, cnn_chs: [16, 32, 64, 256] },
      vaeTraining: { ...vaeTraining, steps: 5, batch: 7, warmup: 1 },
    });
    const source = (path: string) => found.sources.get(path);
    assert.deepEqual(source("vae.cnn_chs"), { kind: "file", where: mine });
    assert.deepEqual(source("vaeTraining.steps"), {
      kind: "file",
      where: `${folder}/base.toml`,
    });
    assert.deepEqual(source("vaeTraining.warmup"), {
      kind: "option",
      where: "--set vaeTraining.warmup",
    });
    assert.equal(source("vaeTraining.clip")?.kind, "release");
  });
});

Deno.test("resolvePreset() finds a folder of images beside the file", async () => {
  await inFolder(async (folder) => {
    const text = 'extends = "tiny"\ndataset = "folder:photos"';
    await write(folder, { "mine.toml": text });
    const { numbers } = await resolvePreset({ preset: `${folder}/mine.toml` });
    const photos = relative(".", join(folder, "photos"));
    assert.equal(numbers.dataset, `folder:${photos}`);
  });
});

/** Preset files that are refused, with what the message must say. */
const BROKEN: readonly (readonly [text: string, message: RegExp])[] = [
  ["a = ", /a\.toml": line 1, column/],
  ["[vae]\nz_chanels = 3", /a\.toml": .*"vae\.z_chanels".*vae\.z_channels/],
  ["vae = 3", /a\.toml": vae: expected a section, found 3/],
  ["vae = 2020-01-01", /a\.toml": vae: expected a section, found "2020/],
  [
    'extends = "tiny"\n[vae]\nz_channels = 1.5',
    /a\.toml": vae\.z_channels: expected int.*, found 1\.5/,
  ],
  [
    'extends = "tiny"\n[vae]\nz_channels = { a = 1 }',
    /a\.toml": vae\.z_channels: expected no section, found \{"a":1\}/,
  ],
  [
    'extends = "tiny"\n[vae]\ncnn_chs = [1, -2]',
    /a\.toml": vae\.cnn_chs\.1: too small.*, found -2/,
  ],
  [
    'extends = "tiny"\n[vaeTraining]\nema = nan',
    /a\.toml": vaeTraining\.ema: .*, found NaN/,
  ],
  [
    '[latents]\naugmentation = "shift"\nshift = 1',
    /preset ".*a\.toml": latents\.flip: expected boolean, found nothing/,
  ],
  [
    "[latents]\nflip = true\nshift = 1",
    /latents\.augmentation: .*expected one of .*"shift", found nothing/,
  ],
  [
    'extends = "tiny"\n[latents]\nminFraction = 0.5',
    /a\.toml": latents\.minFraction: expected none with shift, found 0.5/,
  ],
  [
    'extends = "tiny"\n[latents]\naugmentation = "random-crop"',
    /latents\.minFraction: expected a number, which random-crop needs/,
  ],
  [
    'extends = "tiny"\n[arTraining]\naugmentUntil = 3\naugmentEnd = 2',
    /a\.toml": arTraining\.augmentEnd: expected a number from augmentUntil, 3, on, found 2/,
  ],
  ['extends = "huge"', /a\.toml": extends: expected one of tiny, .*"huge"/],
  ["extends = 3", /a\.toml": extends: expected a text, found 3/],
  ['extends = "none.toml"', /none\.toml": no such file/],
  ['extends = "a.toml"', /a\.toml": extends: ".*a\.toml" extends this file/],
  ['extends = "b.toml"', /b\.toml": extends: ".*a\.toml" extends this file/],
  ["[__proto__]\nsteps = 3", /a\.toml": "__proto__" is no name here/],
  [
    'extends = "tiny"\n[vae.__proto__]\nx = 1',
    /a\.toml": vae: "__proto__" is no name here/,
  ],
  [`[vae]\n${"x".repeat(500_000)} = 1`, /"vae\.x+\.\.\."/],
  ["[constructor]\nsteps = 3", /"constructor": no section/],
  [`${"a.".repeat(100_000)}b = 1`, /a\.a: nested deeper than 16/],
  [`extends = "tiny"\n# ${"x".repeat(1_000_000)}`, /at most 1000000 bytes/],
];

for (const [text, message] of BROKEN) {
  const name = JSON.stringify(text.slice(0, 60));
  Deno.test(`resolvePreset() refuses a file of ${name}`, async () => {
    await inFolder(async (folder) => {
      await write(folder, { "a.toml": text, "b.toml": 'extends = "a.toml"' });
      const preset = `${folder}/a.toml`;
      await assert.rejects(resolvePreset({ preset }), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        assert.ok(error.message.length < 1_000);
        return true;
      });
    });
  });
}

Deno.test("resolvePreset() refuses a long chain of files", async () => {
  await inFolder(async (folder) => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.toml`);
    const files = names.map((name, i) =>
      [name, `extends = "${i + 1}.toml"`] as const
    );
    await write(folder, Object.fromEntries(files));
    await assert.rejects(
      resolvePreset({ preset: `${folder}/0.toml` }),
      /extends: expected at most 8 files/,
    );
  });
});

Deno.test("resolvePreset() blames a setting for its value", async () => {
  const set = ["arTraining.classDropout=1.5"];
  await assert.rejects(
    resolvePreset({ preset: "tiny", set }),
    /^UserError: --set: arTraining\.classDropout: too big.*<=1, found 1\.5$/,
  );
});

for (
  const [set, message] of [
    [
      ["vae.backbone=vit"],
      /vae\.z_channels: expected number, found nothing/,
    ],
    [
      [
        "vae.backbone=vit",
        "vae.z_channels=64",
        "vae.encoder_vit_layers=1",
        "vae.decoder_vit_layers=1",
        "vae.cnn_chs=[8,64]",
      ],
      /--set: vae\.cnn_chs: expected none with vit and power-sph.*\[8,64\]/,
    ],
    [["vae.c_sigma=0.1"], /--set: vae\.c_sigma: expected none with hybrid and/],
    [["vae.posterior=normal"], /--set: vae\.posterior: .*"gaussian".*normal/],
  ] as const
) {
  Deno.test(`resolvePreset() refuses ${set.at(-1)} in tiny`, async () => {
    await assert.rejects(resolvePreset({ preset: "tiny", set }), {
      name: "UserError",
      message,
    });
  });
}

Deno.test("requireSection() says what a preset has instead", async () => {
  const svae = await resolvePreset({ preset: "imagenet256-svae" });
  assert.equal(requireSection(svae, "vae").latent_dim, 16);
  assert.throws(
    () => requireSection(svae, "ar"),
    /"imagenet256-svae" here: it says nothing of ar, only of heldout, vae, vaeTraining/,
  );
});

Deno.test("resolvePreset() takes the sizes of the discriminator that is chosen", async () => {
  const path = "vaeTraining.adversarial";
  const resolved = await resolvePreset({
    preset: "tiny",
    set: [`${path}.discriminator=stylegan`],
  });
  const { adversarial } = resolved.numbers.vaeTraining!;
  assert.equal(adversarial?.discriminator, "stylegan");
  assert.ok(!("ndf" in adversarial) && adversarial.batchNormRows === 16);
  await assert.rejects(
    resolvePreset({
      preset: "tiny",
      set: [`${path}.discriminator=stylegan`, `${path}.ndf=4`],
    }),
    /--set: vaeTraining\.adversarial\.ndf: expected none with stylegan, found 4/,
  );
  await inFolder(async (folder) => {
    await write(folder, {
      "mine.toml": 'extends = "tiny"\n[vaeTraining.adversarial]\n' +
        'discriminator = "stylegan"\n',
      "back.toml": 'extends = "mine.toml"\n[vaeTraining.adversarial]\n' +
        'discriminator = "patchgan"\nn_layers = 2\n',
    });
    await assert.rejects(
      resolvePreset({ preset: `${folder}/back.toml` }),
      /vaeTraining\.adversarial\.ndf: expected a number, which patchgan needs/,
    );
  });
});

Deno.test("resolvePreset() refuses classes drawn by weight where each image comes once", async () => {
  const set = ["arTraining.order=epochs"];
  await assert.rejects(
    resolvePreset({ preset: "tiny", set }),
    /arTraining\.classPower: expected 1 with order epochs.*found 0\.5/,
  );
  const even = [...set, "arTraining.classPower=1"];
  const { numbers } = await resolvePreset({ preset: "tiny", set: even });
  assert.equal(numbers.arTraining?.order, "epochs");
});

Deno.test("resolvePreset() proposes sections for an unknown one", () =>
  inFolder(async (folder) => {
    await write(folder, {
      "mine.toml": 'extends = "tiny"\n[training]\nsteps = 5',
    });
    await assert.rejects(
      resolvePreset({ preset: `${folder}/mine.toml` }),
      /Cannot set "training": no section of a preset.* nearest are .*vaeTraining/,
    );
  }));
