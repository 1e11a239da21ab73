import assert from "node:assert/strict";
import {
  type ArtifactKind,
  digestFile,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import {
  type ArConfig,
  arShapes,
  type VaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { assertBytes, OTHER_BATCH } from "../lib/sample/_bytes.ts";
import { drawOf, DRAWS_PER_TOKEN } from "../lib/sample/_replay.ts";
import { assertClose } from "../tensors.ts";
import { CLASSES, runStages, writeImages } from "./measuring_run.ts";

const { latent_dim: D, num_classes: KNOWN } = AR;
const TOKENS = AR.grid ** 2;
const SIDE = VAE.image_size;
const NAMES = ["dark", "light", "odd"];

function sample(options = "", inputs = ""): string {
  return `
[stages.sample]
inputs = { ar = "ar.safetensors", svae = "svae.safetensors"${inputs} }
options = { steps = 3${options} }
`;
}

function reconstruct(batch: number): string {
  return `
[stages.reconstruct]
inputs = { svae = "svae.safetensors", images = "images.safetensors" }
options = { batch = ${batch} }
`;
}

type Weights = Readonly<Record<string, HostTensor>>;

async function writeAr(
  folder: string,
  { config = AR, weights = randomWeights(arShapes(AR)) }: {
    readonly config?: ArConfig | Record<string, unknown>;
    readonly weights?: Weights;
  } = {},
): Promise<void> {
  await writeArtifact(`${folder}/ar.safetensors`, {
    kind: "ar",
    tensors: weights,
    config: { ...config, classes: NAMES },
  });
}

async function writeVae(
  folder: string,
  { config = VAE, weights = randomWeights(vaeShapes(VAE)) }: {
    readonly config?: VaeConfig;
    readonly weights?: Weights;
  } = {},
): Promise<void> {
  await writeArtifact(`${folder}/svae.safetensors`, {
    kind: "svae",
    tensors: weights,
    config: { ...config },
  });
}

/** Images of some step of a run. */
interface Made {
  readonly images: HostTensor;
  readonly labels: Int32Array;
  readonly tokens: HostTensor;
  readonly config: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly path: string;
}

/** Runs a stage, afresh, and reads what it made. */
async function make(folder: string, text: string): Promise<Made> {
  const name = text.includes("stages.sample") ? "sample" : "reconstruct";
  const output = name === "sample" ? "samples" : "reconstructions";
  const path = (await runStages(folder, text)).path(name, output);
  const reader = await openArtifact(path, "samples");
  const made = {
    images: await reader.read("images"),
    labels: (await reader.read("labels")).data as Int32Array,
    tokens: await reader.read("tokens"),
    config: reader.config,
    digest: await digestFile(path),
    path,
  };
  reader.close();
  return made;
}

function first(count: number, { dtype, shape, data }: HostTensor): HostTensor {
  const rows = data.length / shape[0]! * count;
  return hostTensor(
    dtype,
    [count, ...shape.slice(1)],
    data.slice(0, rows) as never,
  );
}

/** Requires images to be those of another run, but for rounding. */
function assertSameImages(found: Made, expected: Made): void {
  const count = found.labels.length;
  const images = first(count, expected.images).data as Uint8Array;
  assertBytes(found.images.data as Uint8Array, images, OTHER_BATCH);
  assert.deepEqual(found.labels, expected.labels.slice(0, count));
  const tokens = first(count, expected.tokens);
  assertClose(found.tokens, tokens, { what: "tokens", tolerance: 1e-6 });
}

/** Requires a run to fail with one line for the user, and to leave no output. */
async function assertRefused(
  folder: string,
  text: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(runStages(folder, text), (error) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  const left = [...Deno.readDirSync(`${folder}/runs/p`)]
    .filter(({ name }) => name.endsWith(".safetensors"));
  assert.deepEqual(left, []);
}

/** Runs a test beside both halves of a generator. */
function withModels(
  test: (folder: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      await writeAr(folder);
      await writeVae(folder);
      await test(folder);
    });
}

Deno.test(
  "sample leaves images, classes in turn and tokens on the sphere",
  withModels(async (folder) => {
    const made = await make(folder, sample(", count = 5, batch = 4"));
    assert.deepEqual(made.images.shape, [5, SIDE, SIDE, 3]);
    assert.deepEqual([...made.labels], [0, 1, 2, 0, 1]);
    assert.deepEqual(made.tokens.shape, [5, TOKENS, D]);
    const { data } = made.tokens;
    for (let start = 0; start < data.length; start += D) {
      const radius = Math.hypot(...data.subarray(start, start + D));
      if (!(Math.abs(radius - Math.sqrt(D)) <= 1e-5)) {
        assert.fail(`radius ${radius}`);
      }
    }
    assert.deepEqual(made.config["classes"], NAMES);
    assert.equal(made.config["size"], SIDE);
  }),
);

Deno.test(
  "sample draws the classes that are asked for, and the preset's number of each",
  withModels(async (folder) => {
    const some = await make(folder, sample(', classes = "2,0", count = 3'));
    assert.deepEqual([...some.labels], [2, 0, 2]);
    const each = await make(folder, sample(', classes = "1"'));
    assert.deepEqual([...each.labels], new Array(16).fill(1));
  }),
);

Deno.test(
  "sample gives the same images in every batch, also where it does not divide them",
  withModels(async (folder) => {
    const whole = await make(folder, sample(", count = 8, batch = 8"));
    for (const batch of [1, 3]) {
      const options = `, count = 7, batch = ${batch}`;
      assertSameImages(await make(folder, sample(options)), whole);
    }
  }),
);

Deno.test(
  "sample repeats the bytes of a seed, also after a cut, and of no other seed",
  withModels(async (folder) => {
    const text = sample(", count = 4, batch = 2");
    const { digest, path } = await make(folder, text);
    await Deno.remove(path);
    const cut = runStages(folder, text, { cutAt: TOKENS + 1 });
    await assert.rejects(cut, { name: "AbortError" });
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.equal((await make(folder, text)).digest, digest);
    const other = await make(folder, `seed = 1\n${text}`);
    assert.notEqual(other.digest, digest);
  }),
);

/** The file of the first batch of a run that goes on. */
async function firstBatch(folder: string): Promise<string> {
  const kept = `${folder}/runs/p/.spherear`;
  for await (const { name } of Deno.readDir(kept)) {
    const path = `${kept}/${name}/batches-0/0.safetensors`;
    if (await Deno.stat(path).catch(() => undefined)) return path;
  }
  throw new Error("No batch is there");
}

Deno.test(
  "sample says which engine made its images, also where all were there already",
  withModels(async (folder) => {
    const text = sample(", count = 4, batch = 2");
    const { digest, path } = await make(folder, text);
    await Deno.remove(path);
    await runStages(folder, text, { share: { rank: 0, world: 2 } });
    // The second rank does the rest, and finds another at work on the outputs.
    const options = { read: true, write: true };
    const lock = await Deno.open(await firstBatch(folder), options);
    await lock.lock(true);
    await runStages(folder, text, { share: { rank: 1, world: 2 } });
    lock.close();
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.equal((await make(folder, text)).digest, digest);
  }),
);

Deno.test(
  "sample takes the classes of other images",
  withModels(async (folder) => {
    const like = { count: 3, seed: 1, size: 8 };
    await writeImages(`${folder}/images.safetensors`, like);
    const inputs = ', like = "images.safetensors"';
    const made = await make(folder, sample("", inputs));
    assert.deepEqual([...made.labels], [0, 1, 0]);
    await Deno.remove(made.path);
    const both = sample(", count = 2", inputs);
    await assertRefused(folder, both, /expected one of --like, and --classes/);
  }),
);

Deno.test(
  "sample draws from the starting values where asked: noise on the sphere",
  withModels(async (folder) => {
    const text = sample(', count = 2, untrained = true, solver = "euler"');
    const { tokens } = await make(folder, text);
    // The untrained velocity is zero: a token is its first draw, projected.
    const expected = [0, 1].flatMap((index) =>
      Array.from({ length: TOKENS }, (_, k) => {
        const step = k * DRAWS_PER_TOKEN;
        const draw = drawOf({ seed: 0, index, step, half: 0 });
        const norm = Math.hypot(...draw);
        return draw.map((x) => x / norm * Math.sqrt(D));
      }).flat()
    );
    assertClose(
      tokens,
      hostTensor("f32", tokens.shape, Float32Array.from(expected)),
      { what: "tokens", tolerance: 1e-6 },
    );
  }),
);

Deno.test(
  "sample takes fewer steps at later tokens where asked",
  withModels(async (folder) => {
    const text = (steps: string) =>
      sample(", count = 2").replace("steps = 3", `steps = ${steps}`);
    const made = await make(folder, text('"6:2"'));
    const { steps } = made.config["sampling"] as { steps: unknown };
    assert.equal(steps, "6:2");
    const even = await make(folder, text('"6:6"'));
    // Both start token 0 from the same noise and take six steps.
    const start = (tokens: HostTensor) => tokens.data.slice(0, D);
    assert.deepEqual(start(made.tokens), start(even.tokens));
    assert.notDeepEqual(made.tokens.data, even.tokens.data);
    for (const bad of ['"6:0"', '"501:1"', '"6-2"', "0", "2.5"]) {
      await assert.rejects(runStages(folder, text(bad)), {
        name: "UserError",
        message: /options: steps: expected 1 to 10000 steps such as 100, or /,
      });
    }
  }),
);

Deno.test(
  "sample refuses a class that the model does not have",
  withModels((folder) =>
    assertRefused(
      folder,
      sample(`, classes = "0,${KNOWN}"`),
      /: Cannot use --classes "3": expected numbers from 0 to 2, /,
    )
  ),
);

Deno.test(
  "sample refuses an S-VAE of another size",
  withModels(async (folder) => {
    const config = { ...VAE, image_size: 16 };
    await writeVae(folder, { config });
    await assertRefused(
      folder,
      sample(),
      /makes 2 x 2 tokens of 4 numbers, the S-VAE has 4 x 4 of 4$/,
    );
  }),
);

Deno.test(
  "sample refuses weights that are not numbers, missing or of another kind",
  withModels(async (folder) => {
    const good = randomWeights(arShapes(AR));
    const name = "layers.1.attention.wo.weight";
    const broken = new Float32Array(good[name]!.data);
    broken[5] = Infinity;
    const { [name]: _, ...lacking } = good;
    const cases: [Weights, RegExp][] = [
      [
        { ...good, [name]: hostTensor("f32", [16, 16], broken) },
        /ar\.safetensors": tensor "layers\.1\..* holds Infinity at element 5/,
      ],
      [lacking, /tensor "layers\.1\..*" must be f32 \[16,16\], found nothing$/],
      [
        { ...good, [name]: hostTensor("f32", [8, 32], broken) },
        /must be f32 \[16,16\], found f32 \[8,32\]$/,
      ],
      [
        { ...good, [name]: hostTensor("i32", [16, 16], new Int32Array(256)) },
        /must be f32 \[\S+\], found i32 \[\S+\]$/,
      ],
    ];
    for (const [weights, message] of cases) {
      await writeAr(folder, { weights });
      await assertRefused(folder, sample(), message);
    }
  }),
);

Deno.test(
  "sample refuses sizes that fit no model",
  withModels(async (folder) => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ ...AR, dim: "wide" }, /ar\.safetensors": config\.dim: /],
      [{ ...AR, n_head: 3 }, /model sizes: dim is 16, expected a multiple of/],
      [{ ...AR, n_layer: 1e9 }, /config\.n_layer: /],
      [{}, /config\.dim: /],
    ];
    for (const [config, message] of cases) {
      await writeAr(folder, { config });
      await assertRefused(folder, sample(), message);
    }
  }),
);

Deno.test(
  "sample refuses artifacts of another kind",
  withModels(async (folder) => {
    const kinds: ArtifactKind[] = ["ar", "svae"];
    const [ar, svae] = kinds.map((kind) => `${folder}/${kind}.safetensors`);
    await Deno.copyFile(svae!, ar!);
    await assertRefused(folder, sample(), /expected kind "?ar"?.* "svae"/);
  }),
);

Deno.test(
  "reconstruct leaves one image for each, in every batch the same",
  withModels(async (folder) => {
    const path = `${folder}/images.safetensors`;
    await writeImages(path, { count: 5, seed: 1, size: SIDE });
    const whole = await make(folder, reconstruct(5));
    assert.deepEqual(whole.images.shape, [5, SIDE, SIDE, 3]);
    assert.deepEqual([...whole.labels], [0, 1, 0, 1, 0]);
    assert.deepEqual(whole.config["classes"], CLASSES);
    assertSameImages(await make(folder, reconstruct(2)), whole);
    // A shorter set has the same draws.
    await writeImages(path, { count: 3, seed: 1, size: SIDE });
    assertSameImages(await make(folder, reconstruct(4)), whole);
    const other = await make(folder, `seed = 3\n${reconstruct(4)}`);
    assert.notDeepEqual(other.tokens.data, first(3, whole.tokens).data);
  }),
);

Deno.test(
  "reconstruct refuses images of another size",
  withModels(async (folder) => {
    const images = { count: 2, seed: 1, size: 12 };
    await writeImages(`${folder}/images.safetensors`, images);
    await assertRefused(
      folder,
      reconstruct(2),
      /its images are 12 x 12, expected 8 x 8$/,
    );
  }),
);
