import assert from "node:assert/strict";
import { join } from "node:path";
import {
  digestFile,
  openArtifact,
  openSafetensors,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import type { WeightSet } from "../../lib/interop/mod.ts";
import { arShapes, PAPER_LAW, vaeShapes } from "../../lib/model/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import {
  assemble,
  checkpointOf,
  global,
  text,
  tuple,
} from "../lib/interop/_archives.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { runStages, writeImages } from "./measuring_run.ts";
import { PREFIX, RECORDED, recordedSet, withCheckpoint } from "./recorded.ts";
import { spherear } from "./run_cli.ts";

/** Runs a command in a folder and requires it to work. */
async function command(folder: string, line: string): Promise<string> {
  const result = await spherear(line.split(" "), { cwd: folder });
  assert.equal(result.code, 0, result.err);
  return result.err;
}

/** Requires two files to hold the same bits under the same names. */
async function assertSameTensors(
  path: string,
  expected: WeightSet,
): Promise<void> {
  const reader = await openSafetensors(path);
  const names = [...reader.tensors.keys()].sort();
  assert.deepEqual(names, [...expected.tensors.keys()].sort());
  for (const name of names) {
    const { dtype, shape } = reader.tensors.get(name)!;
    assert.deepEqual([dtype, shape], [
      "F32",
      expected.tensors.get(name)!.shape,
    ]);
    const rows = { start: 0, count: shape[0]! };
    assert.deepEqual(
      await reader.readBytes(name),
      await expected.readRows(name, rows),
      name,
    );
  }
  reader.close();
}

Deno.test(
  "import takes averaged weights, or the others, bit for bit, and says so",
  withCheckpoint(async (folder, recorded) => {
    const base = "import release.pt --config sizes.json";
    const told = await command(folder, `${base} -o ema.safetensors`);
    assert.match(told, /with model and ema: takes ema, the averaged weights/);
    const last = `${base} -o last.safetensors --weights model`;
    assert.match(await command(folder, last), /takes model, the last weights/);
    for (const [name, factor] of [["ema", 0.5], ["last", 1]] as const) {
      const path = join(folder, `${name}.safetensors`);
      await assertSameTensors(path, recordedSet(recorded, factor));
    }
    const reader = await openArtifact(join(folder, "last.safetensors"));
    reader.close();
    const { kind, config, recipe, inputs } = reader;
    assert.equal(kind, "model");
    assert.deepEqual(config["classes"], ["0", "1", "2", "3", "4"]);
    assert.deepEqual(config["vae"], {
      backbone: "hybrid",
      ...PAPER_LAW,
      image_size: 64,
      patch_size: 16,
      latent_dim: 16,
      z_channels: 64,
      cnn_chs: [64, 16, 24, 32, 64],
      encoder_vit_layers: 1,
      decoder_vit_layers: 1,
    });
    assert.equal(recipe!["stage"], "import");
    const digest = await digestFile(join(folder, "release.pt"));
    assert.deepEqual(inputs, { weights: digest });
  }),
);

Deno.test(
  "export and import give every bit back, by checkpoint and safetensors",
  withCheckpoint(async (folder, recorded) => {
    const sizes = "--config sizes.json";
    await command(folder, `import release.pt ${sizes} -o a.safetensors`);
    await command(folder, "export a.safetensors -o a.pt");
    await command(folder, "import a.pt -o b.safetensors");
    await command(folder, "export b.safetensors -o plain.safetensors");
    await command(folder, "import plain.safetensors -o c.safetensors");
    await command(folder, "export c.safetensors --format pt -o b.bin");
    const expected = recordedSet(recorded, 0.5);
    for (const name of ["a", "b", "plain", "c"]) {
      await assertSameTensors(join(folder, `${name}.safetensors`), expected);
    }
    const plain = await openSafetensors(join(folder, "plain.safetensors"));
    assert.deepEqual(Object.keys(plain.metadata).sort(), ["config", "format"]);
    assert.equal(plain.metadata["format"], "pt");
    plain.close();
  }),
);

Deno.test("export carries heads and class names, which import takes", () =>
  inFolder(async (folder) => {
    const classes = ["dark", "light", "__proto__"];
    const config = { ...AR, classes };
    const path = (name: string) => join(folder, `${name}.safetensors`);
    await writeArtifact(path("ar"), {
      kind: "ar",
      tensors: randomWeights(arShapes(AR)),
      config,
    });
    for (const name of ["a.pt", "plain.safetensors"]) {
      await command(folder, `export ar.safetensors -o ${name}`);
      const told = await command(folder, `import ${name} -o back.safetensors`);
      assert.doesNotMatch(told, /Warning/);
      const reader = await openArtifact(path("back"), "ar");
      reader.close();
      const { n_head, classes: names } = reader.config;
      assert.deepEqual([n_head, names], [AR.n_head, classes], name);
      await Deno.remove(path("back"));
    }
  }));

Deno.test(
  "import warns of heads that rest on the user's word alone",
  withCheckpoint(async (folder) => {
    const base = "import release.pt -o a.safetensors --config";
    assert.match(
      await command(folder, `${base} sizes.json`),
      /Warning: n_head 2 is taken from --config alone, no tensor shows it/,
    );
    await command(folder, "export a.safetensors -o a.pt");
    const again = "import a.pt -o b.safetensors --config";
    assert.doesNotMatch(
      await command(folder, `${again} sizes.json`),
      /Warning/,
    );
    const other = JSON.stringify({ n_head: 4, classes: ["a"] });
    await Deno.writeTextFile(join(folder, "other.json"), other);
    const { code, err } = await spherear(
      `${again} other.json --force`.split(" "),
      { cwd: folder },
    );
    assert.equal(code, 2);
    assert.match(err, /the file is known to have 2/);
    assert.match(err, /classes: expected 5 names, .*, found 1$/m);
  }),
);

Deno.test(
  "import takes one part, and export joins parts and computes tables",
  withCheckpoint(async (folder, recorded) => {
    const base = "import release.pt --weights model --config sizes.json";
    await command(folder, `${base} --part ar -o ar.safetensors`);
    await command(folder, `${base} --part svae -o svae.safetensors`);
    const reader = await openArtifact(join(folder, "svae.safetensors"), "svae");
    const tensors = Object.fromEntries(await reader.readAll());
    reader.close();
    const tables = Object.keys(tensors).filter((name) => /freqs/.test(name));
    assert.equal(tables.length, 2);
    // As training leaves it: no tables, and a log.
    for (const name of tables) delete tensors[name];
    const log = { "log/loss": tensors["quant_proj.bias"]! };
    const own = {
      kind: "svae",
      tensors: { ...tensors, ...log },
      config: reader.config,
    } as const;
    await writeArtifact(join(folder, "own.safetensors"), own);
    await command(folder, "export ar.safetensors own.safetensors -o all.pt");
    await command(
      folder,
      "import all.pt --config sizes.json -o back.safetensors",
    );
    const back = await openArtifact(join(folder, "back.safetensors"), "model");
    const set = recordedSet(recorded, 1);
    assert.equal(back.tensors.size, set.tensors.size);
    const table = "vae.encoder.freqs_cis";
    const found = (await back.read(table)).data;
    const wanted = (await recorded.read(PREFIX + table)).data;
    const far = found.findIndex((x, i) => !(Math.abs(x - wanted[i]!) <= 2e-7));
    assert.equal(far, -1);
    back.close();
  }),
);

/** Writes random models of both halves, and the two in one file. */
async function writeModels(folder: string): Promise<void> {
  const ar = randomWeights(arShapes(AR));
  const svae = randomWeights(vaeShapes(VAE));
  const below = Object.entries(svae)
    .map(([name, tensor]) => [`vae.${name}`, tensor] as const);
  const whole = { ...ar, ...Object.fromEntries(below) };
  const classes = ["0", "1", "2"];
  const kinds = [
    ["ar", ar, { ...AR, classes }],
    ["svae", svae, { ...VAE }],
    ["model", whole, { ...AR, classes, vae: VAE }],
  ] as const;
  for (const [kind, tensors, config] of kinds) {
    const path = join(folder, `${kind}.safetensors`);
    await writeArtifact(path, { kind, tensors, config });
  }
}

/** Tokens that a stage makes from some inputs. */
async function tokensOf(
  folder: string,
  { stage, inputs, options }: {
    readonly stage: "sample" | "reconstruct";
    readonly inputs: string;
    readonly options: string;
  },
): Promise<string> {
  const text = `[stages.${stage}]\ninputs = { ${inputs} }\n` +
    `options = { ${options} }\n`;
  const run = await runStages(folder, text);
  const output = stage === "sample" ? "samples" : "reconstructions";
  const reader = await openArtifact(run.path(stage, output));
  const { data } = await reader.read("tokens");
  reader.close();
  return data.join();
}

Deno.test("sample takes a whole model like its parts, and nothing between", async () => {
  await inFolder(async (folder) => {
    await writeModels(folder);
    const of = (inputs: string) =>
      tokensOf(folder, {
        stage: "sample",
        inputs,
        options: "steps = 2, count = 2",
      });
    const parts = 'ar = "ar.safetensors", svae = "svae.safetensors"';
    const model = 'model = "model.safetensors"';
    assert.equal(await of(model), await of(parts));
    await assert.rejects(
      of(`${model}, ${parts}`),
      /expected either --model, or --ar and --svae$/,
    );
    await assert.rejects(of('ar = "ar.safetensors"'), /inputs\.svae/);
  });
});

Deno.test("reconstruct takes the S-VAE of a whole model", async () => {
  await inFolder(async (folder) => {
    await writeModels(folder);
    const images = { count: 2, seed: 1, size: VAE.image_size };
    await writeImages(join(folder, "images.safetensors"), images);
    const of = (kind: string) =>
      tokensOf(folder, {
        stage: "reconstruct",
        inputs: `svae = "${kind}.safetensors", images = "images.safetensors"`,
        options: "batch = 2",
      });
    assert.equal(await of("model"), await of("svae"));
  });
});

Deno.test(
  "import refuses with one line and leaves no file",
  withCheckpoint(async (folder) => {
    await Deno.writeTextFile(join(folder, "text.json"), "{");
    await Deno.writeTextFile(join(folder, "bad.json"), '{"ar":{"dim":-1}}');
    const evil = assemble(
      global("os", "system"),
      tuple(text("touch owned")),
      "R",
    );
    await Deno.writeFile(join(folder, "evil.pt"), checkpointOf(evil));
    const cases: [string, RegExp][] = [
      ["import release.pt -o o.safetensors", /give --config FILE/],
      ["import release.pt", /output: expected a file to write/],
      ["import none.pt -o o.safetensors", /"none\.pt": no such file/],
      [
        "import evil.pt -o o.safetensors",
        /its pickle is refused: at byte 2: it asks for "os\.system"/,
      ],
      [
        "import release.pt -o o.safetensors --config text.json",
        /"text\.json": it is not JSON/,
      ],
      [
        "import release.pt -o o.safetensors --config bad.json",
        /"bad\.json": dim: /,
      ],
      [
        "import release.pt -o release.pt --config sizes.json",
        /"release\.pt": it is read at the same time/,
      ],
      ["export evil.pt -o evil.pt", /it is read at the same time/],
      [
        `import ${RECORDED} -o o.safetensors --weights ema`,
        /expected the weights "ema", found "model"/,
      ],
      ["export release.pt -o o.pt", /Cannot read "release\.pt"/],
      ["export release.pt -o o.xyz", /expected a name that ends with \.pt/],
      [
        `export ${RECORDED} -o o.pt`,
        /it is no artifact/,
      ],
    ];
    for (const [line, reason] of cases) {
      const { code, err } = await spherear(line.split(" "), { cwd: folder });
      assert.equal(code, 2, err);
      assert.match(err, reason);
      assert.doesNotMatch(err, /Internal error/);
    }
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(left, [
      "bad.json",
      "evil.pt",
      "release.pt",
      "sizes.json",
      "text.json",
    ]);
  }),
);
