import type { StageContext } from "../../lib/pipeline/mod.ts";
import { seedWords } from "../../lib/random/mod.ts";
import { samplePowerSpherical } from "../../lib/sphere/mod.ts";
import { Decoder, toBytes, type VaeModel } from "../../lib/sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  mul,
  program,
} from "../../lib/tensor/mod.ts";
import { encodeViews } from "./encode.ts";
import type { LabelledImages } from "./images.ts";

/** Stream of the posterior draws of reconstructions. */
const STREAM = 128;

/**
 * Reconstructs images by one posterior draw each; the draw depends on the seed
 * and the image's index.
 *
 * @returns images u8 [n, H, W, 3], labels i32 [n], tokens f32 [n, N, d]
 */
export async function reconstruct(
  vae: VaeModel,
  { images, batch, engine, seed, ...context }:
    & Pick<StageContext, "seed" | "progress" | "signal">
    & { images: LabelledImages; batch: number; engine: Engine },
): Promise<Record<string, HostTensor>> {
  const views = [{ dx: 0, dy: 0, flip: false }];
  const posterior = await encodeViews(vae, {
    images,
    views,
    batch,
    engine,
    ...context,
  });
  const [count, , tokens, d] = posterior.mu.shape as [
    number,
    number,
    number,
    number,
  ];
  const z = await drawLatents(engine, {
    mu: hostTensor("f32", [count, tokens, d], posterior.mu.data as never),
    kappa: hostTensor("f32", [count, tokens], posterior.kappa.data as never),
    seed,
  });
  const decoder = await Decoder.create(engine, vae, batch);
  const pixels = images.size * images.size * 3;
  const out = new Uint8Array(count * pixels);
  for (let start = 0; start < count; start += batch) {
    context.signal.throwIfAborted();
    const rows = Math.min(batch, count - start);
    const part = new Float32Array(batch * tokens * d);
    const from = start * tokens * d;
    part.set(z.data.subarray(from, from + rows * tokens * d));
    const decoded = await decoder.decode(
      hostTensor("f32", [batch, tokens, d], part),
    );
    const bytes = toBytes(decoded).data.subarray(0, rows * pixels);
    out.set(bytes, start * pixels);
  }
  decoder.dispose();
  return {
    images: hostTensor("u8", [count, images.size, images.size, 3], out),
    labels: hostTensor("i32", [count], images.labels),
    tokens: z,
  };
}

async function drawLatents(
  engine: Engine,
  { mu, kappa, seed }: {
    mu: HostTensor;
    kappa: HostTensor;
    seed: number;
  },
): Promise<HostTensor<"f32">> {
  const [count, , d] = mu.shape as [number, number, number];
  const leaves = {
    mu: input("mu", mu.shape),
    kappa: input("kappa", kappa.shape),
    key: input("key", [2], "u32"),
    rows: input("rows", [count], "u32"),
    step: input("step", [], "u32"),
  };
  const unit = samplePowerSpherical(leaves, {
    source: leaves,
    stream: STREAM,
    differentiable: false,
  });
  const z = mul(unit, Math.sqrt(d));
  const executable = await engine.compile(
    program("draw", { inputs: leaves, outputs: { z } }),
  );
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  const outputs = await engine.run(executable, {
    inputs: {
      mu,
      kappa,
      key: hostTensor("u32", [2], Uint32Array.from(seedWords(seed))),
      rows: hostTensor("u32", [count], rows),
      step: hostTensor("u32", [], Uint32Array.of(0)),
    },
  });
  const { shape, data } = await engine.download(outputs.z!);
  engine.dispose(executable);
  return hostTensor("f32", shape, Float32Array.from(data));
}
