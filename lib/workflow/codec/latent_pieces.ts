import { plannedArtifact, type TensorSpec } from "../../artifact/mod.ts";
import {
  type LatentLaw,
  lawOf,
  posteriorOf,
  type VaeConfig,
  vaeGrid,
} from "../../model/mod.ts";
import type { LatentDType } from "../../preset/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import { linkShards, Shards, writeJoined } from "../pieces/mod.ts";
import {
  type HostPosterior,
  readPosterior,
  scaledPosterior,
  storedDType,
  storedPosterior,
} from "../sets/mod.ts";
import type { Caching } from "./caching.ts";
import { factorOf, scaledLaw } from "./scale.ts";

/** Names of the tensors of posteriors. */
export function partsOf(law: LatentLaw): readonly string[] {
  return Object.keys(posteriorOf(law).parts);
}

/** What is stored of posteriors, by the names of their parts. */
export function latentSpecs(
  config: VaeConfig,
  { rows, dtype = "f32" }: {
    /** Sizes of the axes before the tokens. */
    readonly rows: readonly number[];
    readonly dtype?: LatentDType | undefined;
  },
): Readonly<Record<string, TensorSpec>> {
  const tokens = vaeGrid(config) ** 2;
  const entries = Object.entries(posteriorOf(config).parts)
    .map(([name, part]) => {
      const width = part.width === "vector" ? [config.latent_dim] : [];
      const shape = [...rows, tokens, ...width];
      return [name, { dtype: storedDType(part, dtype), shape }] as const;
    });
  return Object.fromEntries(entries);
}

/** Bytes of the posteriors of one image. */
export function imageBytes(
  config: VaeConfig,
  { views, dtype }: { readonly views: number; readonly dtype: LatentDType },
): number {
  const tensors = latentSpecs(config, { rows: [views], dtype });
  const kind = "shard";
  return plannedArtifact(kind, { kind, tensors, config: {} }).bytes;
}

/** Writes the artifact from all pieces, at the scale that all of them give. */
export async function joinLatents(
  vae: VaeConfig,
  shards: Shards,
  { images, views, output, dtype = "f32", scratch, ...tools }: Caching,
): Promise<void> {
  const own = lawOf(vae);
  const law = await scaledLaw(own, posteriorsIn(shards, own), tools);
  const factor = factorOf(law, own);
  const scaled = await scaledPieces(shards, { law, dtype, factor, scratch });
  const { count, labels } = images;
  const whole = { labels: hostTensor("i32", [count], labels) };
  const config = {
    classes: images.classes,
    flips: images.flips,
    mirrored: views.mirrored,
    centred: views.centred,
    augmented: views.augmented,
    svae: vae,
    ...law,
  };
  if (output.inFolder) {
    return await linkShards(output, { shards: scaled, whole, config });
  }
  const tensors = latentSpecs(vae, { rows: [count, views.count], dtype });
  await writeJoined(output, { tensors, whole, config, batches: scaled });
}

/**
 * Pieces of posteriors times a number, which a run that was cut finds again;
 * those that are as they should be where it is 1.
 */
async function scaledPieces(
  shards: Shards,
  { law, dtype, factor, scratch }: {
    readonly law: LatentLaw;
    readonly dtype: LatentDType;
    readonly factor: number;
    readonly scratch: (name: string) => string;
  },
): Promise<Shards> {
  if (factor === 1) return shards;
  const scaled = new Shards((name) => scratch(`times-${factor}/${name}`), {
    cut: shards.cut,
    kind: "shard",
    needs: partsOf(law),
  });
  for (const piece of await scaled.missing()) {
    const posterior = await readPiece(shards, { piece, law });
    const lengths = scaledPosterior(posterior, factor);
    await scaled.write(piece, storedPosterior(lengths, law, dtype));
  }
  return scaled;
}

/** Posteriors of the images, a piece at a time. */
async function* posteriorsIn(
  shards: Shards,
  law: LatentLaw,
): AsyncGenerator<HostPosterior> {
  for (let piece = 0; piece < shards.batches; piece++) {
    yield await readPiece(shards, { piece, law });
  }
}

async function readPiece(
  shards: Shards,
  { piece, law }: { readonly piece: number; readonly law: LatentLaw },
): Promise<HostPosterior> {
  const reader = await shards.open(piece);
  try {
    return readPosterior(Object.fromEntries(await reader.readAll()), law);
  } finally {
    reader.close();
  }
}
