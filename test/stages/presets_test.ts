import assert from "node:assert/strict";
import { PRESET_NAMES } from "../../lib/preset/mod.ts";
import { spherear } from "./run_cli.ts";

Deno.test("presets shows the table", async () => {
  const { code, out } = await spherear(["presets"]);
  assert.equal(code, 0);
  const names = out.trim().split("\n").slice(1)
    .map((line) => line.split(" ")[0]);
  assert.deepEqual(names, PRESET_NAMES);
});

Deno.test("presets shows one whole, as JSON and as a file", async () => {
  const json = await spherear(["presets", "imagenet512-l", "--json"]);
  assert.equal(json.code, 0, json.err);
  const found = JSON.parse(json.out);
  assert.equal(found.numbers.vae.image_size, 512);
  const source = { kind: "paper", where: "Appendix E" };
  assert.deepEqual(found.sources["vae.image_size"], source);
  const toml = await spherear(["presets", "tiny", "--toml"]);
  assert.match(toml.out, /^\[vae\]$/m);
  const example = await spherear(["presets", "docs/examples/photos.toml"]);
  assert.match(example.out, /vaeTraining\.flip +false +file, .*photos\.toml/);
});

Deno.test("presets refuses what it does not know", async () => {
  const unknown = await spherear(["presets", "huge"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /Cannot use preset "huge": expected one of tiny,/);
  const all = await spherear(["presets", "--toml"]);
  assert.equal(all.code, 2);
  assert.match(all.err, /expected one$/m);
});

Deno.test("pipeline --print writes a file that plans the same", async () => {
  const { code, out, err } = await spherear(["pipeline", "tiny", "--print"]);
  assert.equal(code, 0, err);
  assert.match(out, /^folder = "runs\/tiny"$/m);
  assert.match(out, /^\[stages\.train-vae\.inputs\]$/m);
});

Deno.test("completions propose presets, and a preset may be a file", async () => {
  for (
    const words of [
      ["presets", ""],
      ["pipeline", ""],
      ["train-ar", "--preset", ""],
    ]
  ) {
    const { out } = await spherear(["complete", "--", ...words]);
    const names = out.split("\n").map((line) => line.split("\t")[0]!);
    for (const name of PRESET_NAMES) {
      assert.ok(names.includes(name), `${words.join(" ")}: ${name}`);
    }
  }
});

Deno.test("--set may stand often, and keeps commas", async () => {
  const set = ["vae.cnn_chs=[8,16,32,64]", "vae.z_channels=64"];
  const flags = set.flatMap((one) => ["--set", one]);
  const { code, out, err } = await spherear(
    ["presets", "tiny", ...flags, "--json"],
  );
  assert.equal(code, 0, err);
  const { vae } = JSON.parse(out).numbers;
  assert.deepEqual([vae.z_channels, vae.cnn_chs], [64, [8, 16, 32, 64]]);
});
