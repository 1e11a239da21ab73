import { dirname, join } from "node:path";
import {
  ARTIFACT_NAME,
  createSharded,
  shardName,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import { PAPER_LAW, vaeShapes } from "../../../lib/model/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import { noise, randomWeights, VAE } from "../../lib/model/_models.ts";
import type { Bytes } from "../bytes.ts";
import { spoiledSafetensors } from "../header.ts";
import type { FuzzTarget } from "../target.ts";

const SHARD = shardName(1);

/** Latents of five images in three shards: bytes by the names of files. */
async function latentFiles(): Promise<Readonly<Record<string, Bytes>>> {
  const files: Record<string, Bytes> = {};
  await inFolder(async (folder) => {
    const place = join(folder, "latents");
    const labels = hostTensor("i32", [5], new Int32Array(5));
    const config = { classes: ["a"], flips: [true], mirrored: [false] };
    const writer = await createSharded(place, {
      kind: "latents",
      tensors: { labels },
      config: { ...config, ...PAPER_LAW },
    });
    for (const [shard, count] of [2, 2, 1].entries()) {
      const file = join(folder, `${shard}.safetensors`);
      const mu = noise([count, 1, 4, VAE.latent_dim], { name: "mu" });
      const kappa = noise([count, 1, 4], { name: "kappa", mean: 50 });
      const tensors = { mu, kappa };
      await writeArtifact(file, { kind: "shard", tensors, config: {} });
      await writer.add(file);
    }
    await writer.commit();
    for (const { name } of Deno.readDirSync(place)) {
      files[name] = await Deno.readFile(join(place, name));
    }
  });
  return files;
}

/** A folder of latents of which one file is spoiled: the artifact or a shard. */
export const FOLDERS: FuzzTarget = {
  name: "folders",
  async seeds() {
    const files = await latentFiles();
    return [
      { extension: "artifact", bytes: files[ARTIFACT_NAME]! },
      { extension: "shard", bytes: files[SHARD]! },
    ];
  },
  spoil: spoiledSafetensors,
  prepare: (folder) =>
    writeArtifact(join(folder, "svae.safetensors"), {
      kind: "svae",
      tensors: randomWeights(vaeShapes(VAE)),
      config: { ...VAE },
    }),
  beside: latentFiles,
  place: (name) => join(name, name.endsWith(".shard") ? SHARD : ARTIFACT_NAME),
  command: (path) => [
    ...["decode", "--mean", "--svae", "svae.safetensors"],
    ...["--latents", dirname(path), "--device", "reference"],
    ...["-o", "out.safetensors", "--force", "-q"],
  ],
};
