import {
  type ArtifactReader,
  assertFinite,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import {
  differingLaw,
  isOnSphere,
  type LatentLaw,
  lawOf,
  type VaeConfig,
  vaeGrid,
} from "../../model/mod.ts";
import { expandFrozen, type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { readLaw } from "../models/mod.ts";
import { stringsOf } from "./labelled.ts";
import { readLatentLaw } from "./latents.ts";
import { withLength } from "./posterior.ts";

/** Latents of images that a decoder reads. */
export interface LabelledTokens {
  /** f32 [n, N, d]. */
  readonly tokens: HostTensor<"f32">;
  readonly law: LatentLaw;
  /** i32 [n]. */
  readonly labels: HostTensor;
  /** Names of the classes. */
  readonly classes: readonly string[];
}

/**
 * Reads the tokens of samples, or the draws or means of posteriors.
 *
 * @throws {UserError} where there are none, they do not fit the S-VAE, a number
 *   is not finite, or a label has no class
 */
export async function readTokens(
  reader: ArtifactReader,
  { config, mean }: {
    readonly config: VaeConfig;
    readonly mean: boolean;
  },
): Promise<LabelledTokens> {
  const name = nameOf(reader, mean);
  const stored = await reader.read(name);
  assertFinite(stored, { file: reader.name, name });
  const numbers = expandFrozen(stored) as HostTensor<"f32">;
  const tokens = reader.kind === "latents" ? firstView(numbers) : numbers;
  const [count, length, d] = tokens.shape as [number, number, number];
  const expected = [vaeGrid(config) ** 2, config.latent_dim];
  if (count === 0 || length !== expected[0] || d !== expected[1]) {
    throw new UserError(
      `Cannot decode "${reader.name}": it holds ${count} x ${length} tokens ` +
        `of ${d} numbers, the S-VAE has ${expected[0]} of ${expected[1]}`,
    );
  }
  const law = fittingLaw(reader, config);
  const labels = await reader.read("labels");
  const classes = stringsOf(reader, "classes");
  assertLabels(labels, { classes: classes.length, file: reader.name });
  return {
    // Means as tokens: those of a law on the sphere are directions.
    tokens: mean && isOnSphere(law) ? withLength(tokens, Math.sqrt(d)) : tokens,
    law,
    labels,
    classes,
  };
}

/** The tensor to decode. */
function nameOf(reader: ArtifactReader, mean: boolean): string {
  if (mean && reader.kind !== "latents") {
    throw new UserError(
      `Cannot decode the means of "${reader.name}": expected kind latents, ` +
        `found "${reader.kind}"`,
    );
  }
  const name = mean ? "mu" : reader.kind === "latents" ? "sample" : "tokens";
  if (reader.tensors.has(name)) return name;
  const hint = name === "sample" ? "; --mean decodes the means" : "";
  throw new UserError(
    `Cannot decode "${reader.name}": expected a tensor "${name}", found ` +
      `none${hint}`,
  );
}

/** [n, views, ..] as [n, ..]. */
function firstView({ shape, data }: HostTensor<"f32">): HostTensor<"f32"> {
  const [count, views, ...rest] = shape as [number, number, ...number[]];
  const size = data.length / count / views;
  const first = new Float32Array(count * size);
  for (let image = 0; image < count; image++) {
    const start = image * views * size;
    first.set(data.subarray(start, start + size), image * size);
  }
  return hostTensor("f32", [count, ...rest], first);
}

/** The law of a file's tokens, which must be that of the VAE's latents. */
function fittingLaw(reader: ArtifactReader, config: VaeConfig): LatentLaw {
  const law = reader.kind === "latents"
    ? readLatentLaw(reader)
    : readLaw(reader, lawOf(config));
  if (differingLaw(law, config) === undefined) return law;
  throw new UserError(
    `Cannot decode "${reader.name}": its tokens are of another law than the ` +
      `VAE's: ${differingLaw(law, config)}`,
  );
}
