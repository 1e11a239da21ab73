import type { StageContext } from "../../lib/pipeline/mod.ts";
import type { LatentViews } from "../../lib/preset/mod.ts";
import { encode, vaeGrid, vaeShapes } from "../../lib/model/mod.ts";
import { Parameters } from "../../lib/nn/mod.ts";
import type { VaeModel } from "../../lib/sample/mod.ts";
import {
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  input,
  program,
} from "../../lib/tensor/mod.ts";
import { renderViews, type View } from "../../lib/train/mod.ts";
import type { LabelledImages } from "./images.ts";

/** A shift and flip that every image is encoded with. */
export type CachedView = Omit<View, "picture">;

/** The views of a cache: unshifted first, then each shift; each mirrored too. */
export function cachedViews({ shift, flip }: LatentViews): CachedView[] {
  const around = shift === 0
    ? []
    : [[shift, 0], [-shift, 0], [0, shift], [0, -shift]];
  const shifts = [[0, 0], ...around] as [number, number][];
  const flips = flip ? [false, true] : [false];
  return shifts.flatMap(([dx, dy]) => flips.map((flip) => ({ dx, dy, flip })));
}

/** An encoder compiled for one batch size. */
export class Encoder {
  readonly #engine: Engine;
  readonly #executable: Executable;

  private constructor(engine: Engine, executable: Executable) {
    this.#engine = engine;
    this.#executable = executable;
  }

  /** Compiles the encoder of an S-VAE. */
  static async create(
    engine: Engine,
    { config, weights }: VaeModel,
    batch: number,
  ): Promise<Encoder> {
    const names = Object.entries(vaeShapes(config))
      .filter(([name]) => /^(encoder|quant_proj)\./.test(name));
    const leaves = names.map(([name, shape]) =>
      [name, input(name, shape)] as const
    );
    const parameters = Object.fromEntries(leaves);
    const { image_size: size } = config;
    const images = input("images", [batch, 3, size, size]);
    const { mu, kappa } = encode(new Parameters(parameters), images, config);
    const built = program("encode", {
      inputs: { images },
      state: Object.fromEntries(
        leaves.map(([name, value]) => [name, { value }]),
      ),
      outputs: { mu, kappa },
    });
    const frozen = Object.fromEntries(
      leaves.map(([name]) => [name, weights[name]!]),
    );
    return new Encoder(engine, await engine.compile(built, { frozen }));
  }

  /** Posteriors of images f32 [batch, 3, H, W]. */
  async encode(
    images: HostTensor,
  ): Promise<{ mu: HostTensor; kappa: HostTensor }> {
    const outputs = await this.#engine.run(this.#executable, {
      inputs: { images },
    });
    return {
      mu: await this.#engine.download(outputs.mu!),
      kappa: await this.#engine.download(outputs.kappa!),
    };
  }

  /** Frees the program. */
  dispose(): void {
    this.#engine.dispose(this.#executable);
  }
}

/**
 * Encodes all views of all images.
 *
 * @returns mu f32 [images, views, N, d] and kappa f32 [images, views, N]
 */
export async function encodeViews(
  vae: VaeModel,
  { images, views, batch, engine, progress, signal }:
    & Pick<StageContext, "progress" | "signal">
    & {
      images: LabelledImages;
      views: readonly CachedView[];
      batch: number;
      engine: Engine;
    },
): Promise<{ mu: HostTensor; kappa: HostTensor }> {
  const tokens = vaeGrid(vae.config) ** 2;
  const d = vae.config.latent_dim;
  const all = Array.from(
    { length: images.count },
    (_, picture) => views.map((view) => ({ picture, ...view })),
  ).flat();
  const mu = new Float32Array(all.length * tokens * d);
  const kappa = new Float32Array(all.length * tokens);
  const encoder = await Encoder.create(engine, vae, batch);
  const task = progress.start({
    label: "cache",
    total: all.length,
    unit: "view",
  });
  for (let start = 0; start < all.length; start += batch) {
    signal.throwIfAborted();
    const part = all.slice(start, start + batch);
    // The last batch is filled up: programs have one batch size.
    const full = Array.from({ length: batch }, (_, i) => part[i] ?? part[0]!);
    const posterior = await encoder.encode(renderViews(images, full));
    const rows = part.length * tokens;
    mu.set(posterior.mu.data.subarray(0, rows * d), start * tokens * d);
    kappa.set(posterior.kappa.data.subarray(0, rows), start * tokens);
    task.advance(part.length);
  }
  task.finish();
  encoder.dispose();
  const shape = [images.count, views.length, tokens];
  return {
    mu: hostTensor("f32", [...shape, d], mu),
    kappa: hostTensor("f32", shape, kappa),
  };
}
