import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import {
  parsePipeline,
  planPipeline,
  type Stage,
} from "../../../lib/pipeline/mod.ts";
import { brighten, make } from "./example_stages.ts";

const STAGES: Readonly<Record<string, Stage>> = { make, brighten };

async function plan(text: string) {
  const spec = parsePipeline(text, "/w/p.toml");
  return await planPipeline(spec, (name) => Promise.resolve(STAGES[name]));
}

const GOOD = `
  folder = "out"
  [stages.second]
  uses = "brighten"
  inputs = { images = "first.images" }
  options = { delay-ms = 5 }
  [stages.first]
  uses = "make"
  outputs = { images = "grey.safetensors" }
`;

Deno.test("planPipeline() sorts stages and settles paths and options", async () => {
  const { folder, steps } = await plan(GOOD);
  assert.equal(folder, "/w/out");
  assert.deepEqual(steps.map(({ id }) => id), ["first", "second"]);
  assert.deepEqual(steps[1]!.inputs, { images: "/w/out/grey.safetensors" });
  assert.deepEqual(steps[1]!.outputs, { images: "/w/out/second.safetensors" });
  assert.equal(steps[1]!.options.delayMs, 5);
  assert.equal(steps[1]!.options.steps, 3);
});

/** Broken texts with what the message must say. */
const BROKEN: readonly (readonly [string, RegExp])[] = [
  ["folder = ", /^"\/w\/p\.toml": line 1, column \d+: /],
  ["", /stages: .*\(a preset's file goes with --preset\), found nothing/],
  ["[stages]", /stages: expected at least one stage/],
  ["colour = 1\n[stages.make]", /"colour"/],
  ["[stages.make]\ncolour = 1", /stages\.make: .*"colour"/],
  ["seed = -1\n[stages.make]", /seed: .*found -1/],
  ["[stages.nope]", /stages\.nope: no stage is called "nope"/],
  [
    "[stages.make]\noptions = { cuont = 1 }",
    /make\.options: unknown option "cuont": expected one of count, grey-value/,
  ],
  [
    "[stages.make]\noptions = { count = 'x' }",
    /make\.options: count: expected .*found "x"/,
  ],
  ["[stages.make]\noptions = { count = 0 }", /count: too small.*found 0/],
  ["[stages.brighten]", /brighten\.inputs\.images: .*found nothing/],
  [
    "[stages.brighten]\ninputs = { images = 'x.images' }",
    /no stage "x" in this pipeline/,
  ],
  [
    "[stages.brighten]\ninputs = { image = 'x' }",
    /unknown name "image": expected one of images, mask/,
  ],
  [
    "[stages.make]\n[stages.brighten]\ninputs = { images = 'make.x' }",
    /"make" has no output "x", only images/,
  ],
  [
    "[stages.brighten]\ninputs = { images = 'brighten.images' }",
    /wait for each other: brighten -> brighten/,
  ],
  [
    "[stages.make]\n[stages.b]\nuses = 'make'\noutputs = { images = 'make.safetensors' }",
    /are both/,
  ],
  [
    "[stages.make]\noptions = { __proto__ = { count = 3 } }",
    /^"\/w\/p\.toml": stages\.make\.options: "__proto__" is no name here$/,
  ],
  [`a = ${"[".repeat(9000)}${"]".repeat(9000)}`, /"\/w\/p\.toml": .*nested/],
  [`${Array(99).fill("a").join(".")} = 1`, /a\.a: nested deeper than 16/],
];

/** Places of outputs that are none inside of the run folder. */
const OUTSIDE = ["../x.safetensors", "a/../../x", "/tmp/x", ".", "..", "a/.."];

for (const path of OUTSIDE) {
  Deno.test(`planPipeline() puts no output at "${path}"`, async () => {
    const text = `[stages.make]\noutputs = { images = '${path}' }`;
    await assert.rejects(plan(text), (error) => {
      assert.ok(error instanceof UserError);
      const where = '"/w/p.toml": stages.make.outputs.images: ';
      assert.ok(error.message.startsWith(where), error.message);
      assert.match(error.message, /inside of the run folder, found "/);
      return true;
    });
  });
}

for (const [text, message] of BROKEN) {
  Deno.test(`planPipeline() refuses ${JSON.stringify(text)}`, async () => {
    await assert.rejects(plan(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
