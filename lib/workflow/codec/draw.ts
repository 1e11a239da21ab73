import { seedWords } from "../../random/mod.ts";
import {
  drawLatents,
  type LatentLaw,
  posteriorInputs,
} from "../../model/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  program,
} from "../../tensor/mod.ts";
import type { HostPosterior } from "../sets/mod.ts";

/** Stream of the posterior draws. */
const STREAM = 128;

/** What draws are made with. */
export interface DrawTools {
  readonly engine: Engine;
  /** Images in one engine call. */
  readonly batch: number;
  /** Index of the first image; 0 unless given. */
  readonly first?: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * One draw of each posterior, a batch of images at a time; it depends on the
 * seed and the image's index alone.
 *
 * @param posterior of n images
 * @returns f32 [n, N, d]
 */
export async function drawEach(
  posterior: HostPosterior,
  law: LatentLaw,
  { engine, batch, first = 0, seed, signal }: DrawTools,
): Promise<HostTensor<"f32">> {
  const { mu } = posterior;
  const [count, tokens, d] = mu.shape as [number, number, number];
  const leaves = posteriorInputs(law, [batch, tokens, d]);
  const source = {
    key: input("key", [2], "u32"),
    rows: input("rows", [batch], "u32"),
    step: input("step", [], "u32"),
  };
  const z = drawLatents(leaves, law, { source, stream: STREAM });
  const executable = await engine.compile(
    program("draw", { inputs: { ...leaves, ...source }, outputs: { z } }),
  );
  const stored = Object.entries(posterior) as [string, HostTensor][];
  const drawn = new Float32Array(count * tokens * d);
  for (let start = 0; start < count; start += batch) {
    signal.throwIfAborted();
    const rows = Uint32Array.from(
      { length: batch },
      (_, i) => first + start + i,
    );
    const outputs = await engine.run(executable, {
      inputs: {
        ...Object.fromEntries(
          stored.map(([name, tensor]) =>
            [name, rowsFrom(tensor, start, batch)] as const
          ),
        ),
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
