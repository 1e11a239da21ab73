import assert from "node:assert/strict";
import { join } from "node:path";
import {
  digestFile,
  openArtifact,
  type WritableTensor,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import { PERCEPTUAL_NETWORKS, VGG16 } from "../../../../lib/model/mod.ts";
import { ImportCache } from "../../../../lib/workflow/fetch/import_cache.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights } from "../../model/_models.ts";
import { listeningTools } from "../../remote/_hub.ts";

type Tensors = Record<string, WritableTensor>;

/** Writes tensors as others publish them: safetensors without a kind. */
async function published(folder: string, name: string, tensors: Tensors) {
  const path = join(folder, name);
  await writeSafetensors(path, { tensors });
  return { path, sha256: await digestFile(path) };
}

/** The two files of a thin LPIPS on VGG16. */
async function perceptual(folder: string) {
  const config = { ...VGG16, widths: [4, 6, 8, 8, 4] };
  const shapes = PERCEPTUAL_NETWORKS["vgg16-lpips"].shapes(config);
  const vgg: Tensors = {};
  const lpips: Tensors = {};
  for (const [name, value] of Object.entries(randomWeights(shapes))) {
    if (name.startsWith("lin")) lpips[name] = value;
    else vgg[name.replace("vgg/", "features.")] = value;
  }
  return [
    await published(folder, "vgg16.pth", vgg),
    await published(folder, "vgg.pth", lpips),
  ];
}

Deno.test("get() imports several files to one artifact, once for all who ask", () =>
  inFolder(async (folder) => {
    const { said, ...tools } = listeningTools();
    const cache = new ImportCache(join(folder, "imported"), tools);
    const files = await perceptual(folder);
    const wanted = { kinds: ["perceptual"], name: "vgg16-lpips" } as const;
    assert.equal(await cache.find(files, wanted.kinds), undefined);
    const [path, again] = await Promise.all([
      cache.get(files, wanted),
      cache.get(files, wanted),
    ]);
    assert.equal(path, again);
    (await openArtifact(path!, "perceptual")).close();
    assert.equal(
      said.filter((line) => /imports it, once$/.test(line)).length,
      1,
    );
    assert.equal(await cache.find(files, wanted.kinds), path);
    const left = [...Deno.readDirSync(join(folder, "imported"))];
    assert.equal(left.length, 1);
  }));

Deno.test("get() tells files of one name and other content apart", () =>
  inFolder(async (folder) => {
    const cache = new ImportCache(join(folder, "imported"), listeningTools());
    const [vgg, lpips] = await perceptual(folder);
    const wanted = { kinds: ["perceptual"], name: "vgg16-lpips" } as const;
    await cache.get([vgg!, lpips!], wanted);
    const other = { ...lpips!, sha256: "0".repeat(64) };
    assert.equal(await cache.find([vgg!, other], wanted.kinds), undefined);
    // A part of a file is another artifact than all of it.
    assert.equal(await cache.find([vgg!, lpips!], ["svae"]), undefined);
  }));

Deno.test("get() leaves a file as it is where no import makes what is asked for", () =>
  inFolder(async (folder) => {
    const cache = new ImportCache(join(folder, "imported"), listeningTools());
    const path = join(folder, "VIRTUAL_imagenet256_labeled.npz");
    const files = [{ path, sha256: "0".repeat(64) }];
    const wanted = { kinds: ["images", "samples"], name: "images" } as const;
    assert.equal(await cache.find(files, wanted.kinds), path);
    assert.equal(await cache.get(files, wanted), path);
  }));

Deno.test("get() leaves a file as it is that is an artifact already", () =>
  inFolder(async (folder) => {
    const cache = new ImportCache(join(folder, "imported"), listeningTools());
    const files = await perceptual(folder);
    const wanted = { kinds: ["perceptual"], name: "a" } as const;
    const path = await cache.get(files, wanted);
    const own = [{ path, sha256: await digestFile(path) }];
    assert.equal(await cache.get(own, wanted), path);
  }));
