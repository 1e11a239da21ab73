import assert from "node:assert/strict";
import { join } from "node:path";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  type ArtifactContents,
  createArtifact,
  openArtifact,
  type TensorSpec,
} from "../../../../lib/artifact/mod.ts";
import { type VaeConfig, vaeShapes } from "../../../../lib/model/mod.ts";
import type { OutputSlot } from "../../../../lib/pipeline/mod.ts";
import {
  cachedViews,
  cacheLatents,
} from "../../../../lib/workflow/codec/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights, VAE } from "../../model/_models.ts";
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
  const create = (content: Partial<ArtifactContents<TensorSpec>>) =>
    createArtifact(path, { kind: "latents", config: {}, ...content } as never);
  return { create } as unknown as OutputSlot;
}

interface Run {
  readonly config?: VaeConfig;
  readonly piece: number;
  readonly share?: { readonly rank: number; readonly world: number };
  /** Ends the run after so many views. */
  readonly cutAt?: number;
}

/** Runs in a folder; @returns what was missing, as the stage says it. */
async function run(
  folder: string,
  { config = VAE, piece, share = { rank: 0, world: 1 }, cutAt }: Run,
): Promise<number | undefined> {
  const engine = createReferenceEngine();
  const controller = new AbortController();
  const cut = (done: number) => {
    if (cutAt !== undefined && done >= cutAt) controller.abort();
  };
  const weights = randomWeights(vaeShapes(config));
  try {
    return await cacheLatents({ config, weights }, {
      images: IMAGES,
      views: cachedViews({ shift: 1, flip: true }),
      batch: 4,
      piece,
      engine,
      share,
      seed: 3,
      output: slotOf(join(folder, "latents.safetensors")),
      scratch: (name) => join(folder, "scratch", name),
      progress: silentProgress(cut),
      log: { info() {}, warn() {}, error() {}, debug() {} } as never,
      signal: controller.signal,
    });
  } finally {
    await engine.close();
  }
}

/** Every tensor of what a run leaves in a folder of its own, and its law. */
async function cached(...runs: readonly Run[]) {
  let found = {};
  await inFolder(async (folder) => {
    for (const one of runs) {
      await run(folder, one).catch((error) => {
        if (one.cutAt === undefined) throw error;
      });
    }
    const reader = await openArtifact(join(folder, "latents.safetensors"));
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
  const { latent_scale } = whole as { latent_scale: number };
  assert.ok(latent_scale > 0 && latent_scale !== 1);
  const parted = await cached({ config: GAUSSIAN, piece: 2 });
  const scale = (parted as { latent_scale: number }).latent_scale;
  assert.ok(Math.abs(scale / latent_scale - 1) <= 1e-12);
});

Deno.test("cacheLatents() of one rank says what others are to do, and writes nothing", () =>
  inFolder(async (folder) => {
    const share = { rank: 1, world: 2 };
    assert.equal(await run(folder, { piece: 2, share }), 2);
    await assert.rejects(Deno.stat(join(folder, "latents.safetensors")));
  }));
