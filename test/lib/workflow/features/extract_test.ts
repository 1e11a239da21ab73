import assert from "node:assert/strict";
import { join } from "node:path";
import {
  createArtifact,
  kindRule,
  openArtifact,
  type TensorSpec,
  UserError,
} from "../../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { FeatureExtractor } from "../../../../lib/metric/mod.ts";
import {
  FEATURE_NETWORKS,
  type FeatureNetwork,
  type FeatureNetworkConfig,
} from "../../../../lib/model/mod.ts";
import type {
  ArtifactContent,
  OutputSlot,
} from "../../../../lib/pipeline/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  extractFeatures,
  fitImages,
  fittingOf,
  type PixelSource,
} from "../../../../lib/workflow/features/mod.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { CONFIG, MODEL, pixels } from "./_classifier.ts";

const COUNT = 11;
const IMAGES = pixels(COUNT);

/** Sizes of every network. */
const NETWORKS: readonly FeatureNetworkConfig[] = [
  CONFIG,
  { name: "inception-2015-12-05" },
  {
    name: "dinov2-vitl14",
    dim: 128,
    layers: 1,
    hidden: 64,
    patch_size: 14,
    grid: 3,
  },
];

interface Run {
  readonly piece: number;
  readonly share?: { readonly rank: number; readonly world: number };
  /** Ends the run after so many images. */
  readonly cutAt?: number;
  readonly images?: PixelSource;
}

/** Runs in a folder; @returns what was missing, as the stage says it. */
async function run(
  folder: string,
  { piece, share = { rank: 0, world: 1 }, cutAt, images = IMAGES }: Run,
): Promise<number | undefined> {
  const engine = createReferenceEngine();
  const controller = new AbortController();
  const path = join(folder, "features.safetensors");
  const create = (content: ArtifactContent<TensorSpec>) =>
    createArtifact(path, { kind: "features", config: {}, ...content });
  try {
    return await extractFeatures(MODEL, {
      images,
      batch: 2,
      piece,
      engine: () => Promise.resolve(engine),
      share,
      output: { create } as unknown as OutputSlot,
      config: { weights: "ab" },
      scratch: (name) => join(folder, "scratch", name),
      progress: silentProgress((done) => {
        if (cutAt !== undefined && done >= cutAt) controller.abort();
      }),
      log: { info() {}, warn() {}, error() {}, debug() {} } as never,
      signal: controller.signal,
    });
  } finally {
    await engine.close();
  }
}

/** Every tensor of what runs leave in a folder of their own. */
async function extracted(
  ...runs: readonly Run[]
): Promise<ReadonlyMap<string, HostTensor>> {
  let found = new Map<string, HostTensor>();
  await inFolder(async (folder) => {
    for (const one of runs) {
      await run(folder, one).catch((error) => {
        if (one.cutAt === undefined) throw error;
      });
    }
    const path = join(folder, "features.safetensors");
    const reader = await openArtifact(path, "features");
    assert.equal(reader.form, "classifier");
    const { height, width, resize, weights, num_classes } = reader.config;
    assert.deepEqual(
      { height, width, resize, weights, num_classes },
      { height: 4, width: 4, resize: "none", weights: "ab", num_classes: 2 },
    );
    found = await reader.readAll();
    reader.close();
  });
  return found;
}

Deno.test("extractFeatures() writes what the network says of every image", async () => {
  const engine = createReferenceEngine();
  const extractor = await FeatureExtractor.create(engine, MODEL, IMAGES);
  const images = await IMAGES.read({ start: 0, count: COUNT });
  const { features, logits } = await extractor.extract(images);
  await engine.close();
  const found = await extracted({ piece: 4 });
  assert.deepEqual(found.get("features"), features);
  assert.deepEqual(found.get("logits"), logits);
  assert.deepEqual(found.get("labels"), IMAGES.labels);
});

Deno.test("extractFeatures() leaves the same in pieces of any size, by ranks and after a cut", async () => {
  const whole = await extracted({ piece: 12 });
  assert.deepEqual(await extracted({ piece: 4 }), whole);
  const ranks = [1, 0].map((rank) => ({ piece: 2, share: { rank, world: 2 } }));
  assert.deepEqual(await extracted(...ranks), whole);
  const cut = [{ piece: 2, cutAt: 6 }, { piece: 2 }];
  assert.deepEqual(await extracted(...cut), whole);
});

Deno.test("extractFeatures() reads images one batch after another", async () => {
  let reading = false;
  const once: PixelSource = {
    ...IMAGES,
    async read(rows) {
      assert.ok(!reading, "two reads at once");
      reading = true;
      await new Promise((done) => setTimeout(done, 1));
      reading = false;
      return await IMAGES.read(rows);
    },
  };
  await inFolder(async (folder) => {
    assert.equal(await run(folder, { piece: 4, images: once }), undefined);
  });
});

Deno.test("extractFeatures() ends with what is wrong with an image", async () => {
  const broken: PixelSource = {
    ...IMAGES,
    read: (rows) =>
      rows.start < 6
        ? IMAGES.read(rows)
        : Promise.reject(new UserError("Cannot read image 6")),
  };
  await inFolder(async (folder) => {
    await assert.rejects(
      () => run(folder, { piece: 4, images: broken }),
      /Cannot read image 6/,
    );
  });
});

Deno.test("extractFeatures() says how many pieces other ranks are to do", async () => {
  await inFolder(async (folder) => {
    const share = { rank: 0, world: 3 };
    assert.equal(await run(folder, { piece: 2, share }), 4);
  });
});

Deno.test("fittingOf() refuses images of another size where a network does not resize", () => {
  assert.throws(
    () => fittingOf(MODEL, pixels(1, 8)),
    (error) =>
      error instanceof UserError &&
      /images are 8 x 8, the small classifier takes 4 x 4/.test(error.message),
  );
});

Deno.test("fittingOf() leaves the resizing to a network that does it, but for its own size", () => {
  const config = { name: "inception-2015-12-05" } as const;
  const model = { config, weights: {} };
  const of = (size: number) => fittingOf(model, pixels(1, size));
  assert.deepEqual(of(8), { height: 8, width: 8, resize: "bilinear" });
  assert.deepEqual(of(299), { height: 299, width: 299, resize: "none" });
});

Deno.test("fitImages() resizes bytes as Pillow does where the network wants it so", () => {
  const [, , config] = NETWORKS;
  const model = { config: config!, weights: {} };
  const fitting = fittingOf(model, pixels(1, 8));
  assert.deepEqual(fitting, { height: 224, width: 224, resize: "bicubic" });
  const grey = hostTensor("u8", [2, 8, 8, 3], new Uint8Array(384).fill(77));
  const { shape, data } = fitImages(grey, fitting);
  assert.deepEqual(shape, [2, 224, 224, 3]);
  assert.ok(data.every((byte) => byte === 77));
});

Deno.test("artifacts of features have the tensors of every network", () => {
  const { forms = {} } = kindRule("features");
  assert.deepEqual(
    Object.keys(forms).sort(),
    Object.keys(FEATURE_NETWORKS).sort(),
  );
  for (const network of NETWORKS) {
    const of: FeatureNetwork<FeatureNetworkConfig> =
      FEATURE_NETWORKS[network.name];
    const widths = of.widths(network);
    const { tensors } = forms[network.name]!;
    assert.deepEqual(Object.keys(tensors), Object.keys(widths), network.name);
    for (const [tensor, { shape: [, width] }] of Object.entries(tensors)) {
      // A word stands for any width.
      if (typeof width === "number") assert.equal(width, widths[tensor]);
    }
  }
});
