import { seedWords } from "../../lib/random/mod.ts";
import { samplePowerSpherical } from "../../lib/sphere/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  mul,
  program,
} from "../../lib/tensor/mod.ts";

/** Stream of the posterior draws. */
const STREAM = 128;

/** Posteriors of the tokens of images or views, in host memory. */
export interface HostPosterior {
  /** [.., N, d], unit length. */
  readonly mu: HostTensor;
  /** [.., N]. */
  readonly kappa: HostTensor;
}

/**
 * One draw of each posterior, a batch of images at a time; it depends on the
 * seed and the image's index alone.
 *
 * @param posterior mu [n, N, d] and kappa [n, N]
 * @returns f32 [n, N, d] on the sphere of radius sqrt(d)
 */
export async function drawLatents(
  { mu, kappa }: HostPosterior,
  { engine, batch, seed, signal }: {
    readonly engine: Engine;
    readonly batch: number;
    readonly seed: number;
    readonly signal: AbortSignal;
  },
): Promise<HostTensor<"f32">> {
  const [count, tokens, d] = mu.shape as [number, number, number];
  const leaves = {
    mu: input("mu", [batch, tokens, d]),
    kappa: input("kappa", [batch, tokens]),
    key: input("key", [2], "u32"),
    rows: input("rows", [batch], "u32"),
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
  const drawn = new Float32Array(count * tokens * d);
  for (let start = 0; start < count; start += batch) {
    signal.throwIfAborted();
    const rows = Uint32Array.from({ length: batch }, (_, i) => start + i);
    const outputs = await engine.run(executable, {
      inputs: {
        mu: rowsFrom(mu, start, batch),
        kappa: rowsFrom(kappa, start, batch),
        key: hostTensor("u32", [2], Uint32Array.from(seedWords(seed))),
        rows: hostTensor("u32", [batch], rows),
        step: hostTensor("u32", [], Uint32Array.of(0)),
      },
    });
    const { data } = await engine.download(outputs.z!);
    const at = start * tokens * d;
    drawn.set(data.subarray(0, drawn.length - at), at);
  }
  engine.dispose(executable);
  return hostTensor("f32", mu.shape, drawn);
}

/** `count` rows from `start` on; behind the end the first row again. */
export function rowsFrom(
  { shape, data }: HostTensor,
  start: number,
  count: number,
): HostTensor<"f32"> {
  const size = data.length / shape[0]!;
  const rows = new Float32Array(count * size);
  const known = Math.min(count, shape[0]! - start);
  rows.set(data.subarray(start * size, (start + known) * size));
  for (let row = known; row < count; row++) {
    rows.set(data.subarray(0, size), row * size);
  }
  return hostTensor("f32", [count, ...shape.slice(1)], rows);
}
