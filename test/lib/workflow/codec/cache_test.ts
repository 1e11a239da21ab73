import assert from "node:assert/strict";
import { join } from "node:path";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  createArtifact,
  createSharded,
  isFolder,
  openArtifact,
  type TensorSpec,
} from "../../../../lib/artifact/mod.ts";
import { type VaeConfig, vaeShapes } from "../../../../lib/model/mod.ts";
import type {
  ArtifactContent,
  OutputSlot,
} from "../../../../lib/pipeline/mod.ts";
import { fromHalf, type HostTensor } from "../../../../lib/tensor/mod.ts";
import {
  cachedViews,
  cacheLatents,
} from "../../../../lib/workflow/codec/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights, VAE } from "../../model/_models.ts";
import { assertClose } from "../../../tensors.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";
import { imageSource } from "../sets/_sources.ts";

const SIDE = VAE.image_size;
const COUNT = 7;
const GAUSSIAN: VaeConfig = { ...VAE, posterior: "gaussian" };

const IMAGES = imageSource({
  size: SIDE,
  data: Uint8Array.from(
    { length: COUNT * SIDE * SIDE * 3 },
    (_, i) => (i * i + 7 * i) % 256,
  ),
});

/** Writes an artifact to a path, without a recipe. */
function slotOf(path: string): OutputSlot {
  const contents = (content: ArtifactContent<TensorSpec>) =>
    ({ kind: "latents", config: {}, ...content }) as never;
  return {
    inFolder: isFolder(path),
    create: (content: ArtifactContent<TensorSpec>) =>
      createArtifact(path, contents(content)),
    createShards: (content: ArtifactContent) =>
      createSharded(path, contents(content)),
  } as unknown as OutputSlot;
}

interface Run {
  readonly config?: VaeConfig;
  readonly piece: number;
  readonly share?: { readonly rank: number; readonly world: number };
  /** Ends the run after so many views. */
  readonly cutAt?: number;
  readonly output?: "latents.safetensors" | "latents/";
  readonly dtype?: "f32" | "f16";
  /** Views of an image that are said to be there. */
  readonly count?: number;
}

/** Runs in a folder; @returns what was missing, as the stage says it. */
async function run(
  folder: string,
  {
    config = VAE,
    piece,
    share = { rank: 0, world: 1 },
    cutAt,
    output = "latents.safetensors",
    dtype,
    count,
  }: Run,
): Promise<number | undefined> {
  const views = cachedViews({ augmentation: "shift", shift: 1, flip: true }, {
    size: SIDE,
    seed: 3,
  });
  const engine = createReferenceEngine();
  const controller = new AbortController();
  const cut = (done: number) => {
    if (cutAt !== undefined && done >= cutAt) controller.abort();
  };
  const weights = randomWeights(vaeShapes(config));
  try {
    return await cacheLatents({ config, weights }, {
      images: IMAGES,
      views: { ...views, ...count !== undefined && { count } },
      batch: 4,
      piece,
      engine,
      share,
      seed: 3,
      output: slotOf(join(folder, output)),
      dtype,
      scratch: (name) => join(folder, "scratch", name),
      progress: silentProgress(cut),
      log: { info() {}, warn() {}, error() {}, debug() {} } as never,
      signal: controller.signal,
    });
  } finally {
    await engine.close();
  }
}

interface Cached {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  readonly latent_scale?: unknown;
}

/** Every tensor of what a run leaves in a folder of its own, and its law. */
async function cached(...runs: readonly Run[]): Promise<Cached> {
  let found: Cached = { tensors: {} };
  await inFolder(async (folder) => {
    for (const one of runs) {
      await run(folder, one).catch((error) => {
        if (one.cutAt === undefined) throw error;
      });
    }
    const { output = "latents.safetensors" } = runs[0]!;
    const reader = await openArtifact(join(folder, output));
    const tensors = Object.fromEntries(await reader.readAll());
    reader.close();
    const { latent_scale } = reader.config;
    found = { tensors, latent_scale };
  });
  return found;
}

Deno.test("cacheLatents() leaves the same in pieces of any size, by ranks and after a cut", async () => {
  const whole = await cached({ piece: 8 });
  assert.deepEqual(await cached({ piece: 3 }), whole);
  const ranks = [1, 0].map((rank) => ({ piece: 2, share: { rank, world: 2 } }));
  assert.deepEqual(await cached(...ranks), whole);
  const cut = [{ piece: 2, cutAt: 30 }, { piece: 2 }];
  assert.deepEqual(await cached(...cut), whole);
});

Deno.test("cacheLatents() measures one scale of all pieces off the sphere", async () => {
  const whole = await cached({ config: GAUSSIAN, piece: 8 });
  const scale = Number(whole.latent_scale);
  assert.ok(scale > 0 && scale !== 1);
  const parted = await cached({ config: GAUSSIAN, piece: 2 });
  assert.ok(Math.abs(Number(parted.latent_scale) / scale - 1) <= 1e-12);
  // The VAE's own means, times the scale.
  const own = await cached({
    config: { ...GAUSSIAN, latent_scale: 1 },
    piece: 8,
  });
  const expected = Float32Array.from(own.tensors.mu!.data, (x) => x * scale);
  assert.deepEqual(whole.tensors.mu!.data, expected);
});

Deno.test("cacheLatents() leaves a folder of the same numbers, of any pieces, by ranks and after a cut", async () => {
  const output = "latents/" as const;
  for (const config of [VAE, GAUSSIAN]) {
    const file = await cached({ config, piece: 3 });
    const one = { config, piece: 3, output };
    assert.deepEqual(await cached(one), file);
    const cut = [{ ...one, cutAt: 30 }, one];
    assert.deepEqual(await cached(...cut), file);
    const ranks = [1, 0].map((rank) => ({ ...one, share: { rank, world: 2 } }));
    assert.deepEqual(await cached(...ranks), file);
  }
});

Deno.test("cacheLatents() makes its pieces the shards of a folder, which are not copied", () =>
  inFolder(async (folder) => {
    await run(folder, { piece: 3, output: "latents/" });
    const names = [...Deno.readDirSync(join(folder, "latents"))]
      .map(({ name }) => name).sort();
    assert.deepEqual(names, [
      "artifact.safetensors",
      "shard-00000.safetensors",
      "shard-00001.safetensors",
      "shard-00002.safetensors",
    ]);
    const [shard, piece] = await Promise.all([
      Deno.stat(join(folder, "latents/shard-00001.safetensors")),
      Deno.stat(join(folder, "scratch/batches-0/1.safetensors")),
    ]);
    assert.equal(shard.ino, piece.ino);
  }));

Deno.test("cacheLatents() halves vectors where it is asked to, and nothing else", async () => {
  for (const config of [VAE, GAUSSIAN]) {
    const law = { config: { ...config, latent_scale: undefined }, piece: 3 };
    const whole = await cached(law);
    for (const output of ["latents.safetensors", "latents/"] as const) {
      const half = await cached({ ...law, dtype: "f16", output });
      const { mu, kappa, sigma, labels } = half.tensors;
      const vectors = { mu, ...sigma && { sigma } };
      for (const [name, part] of Object.entries(vectors)) {
        assert.equal(part!.dtype, "f16");
        const found = fromHalf(part as HostTensor<"f16">, "f32");
        const what = `${config.posterior} ${name}`;
        // The scale of halved posteriors is measured on them.
        assertClose(found, whole.tensors[name]!, { what, tolerance: 2e-3 });
      }
      if (kappa) assert.deepEqual(kappa, whole.tensors.kappa);
      assert.deepEqual(labels, whole.tensors.labels);
    }
  }
});

Deno.test("cacheLatents() refuses what the disk has no room for, before the work", () =>
  inFolder(async (folder) => {
    const large = run(folder, { piece: 2, count: 2 ** 42 });
    await assert.rejects(large, /iB are needed, its disk has .* left$/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("cacheLatents() of one rank says what others are to do, and writes nothing", () =>
  inFolder(async (folder) => {
    const share = { rank: 1, world: 2 };
    assert.equal(await run(folder, { piece: 2, share }), 2);
    await assert.rejects(Deno.stat(join(folder, "latents.safetensors")));
  }));
