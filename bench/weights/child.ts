/**
 * A process that samples some tokens with random weights and tells what it took:
 * memory can only be measured of whole processes. It ends with its input.
 *
 * @module
 */
import { createOnnxEngine } from "../../lib/engine/onnx/mod.ts";
import { FrozenModel } from "../../lib/nn/mod.ts";
import { decoderParts, Sampler } from "../../lib/sample/mod.ts";
import type { WeightsDType } from "../../lib/workflow/options/mod.ts";
import { randomTensor } from "../ours/weights.ts";
import { randomGenerator, type ReleaseSize } from "./random_model.ts";

/** What a process does. */
export interface ChildWork extends ReleaseSize {
  readonly dtype: WeightsDType;
  /** Solver steps of a token. */
  readonly steps: number;
  /** Tokens behind the first one. */
  readonly tokens: number;
  readonly cache: string;
}

/** What a process says once it has sampled and decoded. */
export interface ChildReport {
  /** From nothing to a sampler and a decoder that are ready. */
  readonly startSeconds: number;
  /** The shortest of a token. */
  readonly tokenSeconds: number;
  readonly residentBytes: number;
  readonly highestBytes: number;
}

async function main({ cache, dtype, steps, tokens, ...release }: ChildWork) {
  const start = performance.now();
  const engine = await createOnnxEngine({ cache });
  const { ar, vae } = randomGenerator(release, dtype);
  const sampler = await Sampler.create(engine, ar, {
    images: 1,
    steps,
    solver: "euler-maruyama",
    guidance: { cfg: 4.5, schedule: "linear" },
  });
  const decoder = await FrozenModel.create(engine, decoderParts(vae, 1));
  const startSeconds = (performance.now() - start) / 1000;
  const tokenSeconds = await shortestToken(sampler, tokens);
  const { grid, latent_dim } = ar.config;
  const { images: { data } } = await decoder.run({
    z: randomTensor([1, grid ** 2, latent_dim]),
  });
  if (!data.every(Number.isFinite)) throw new Error("Pixels are not finite");
  const report: ChildReport = { startSeconds, tokenSeconds, ...memory() };
  console.log(JSON.stringify(report));
  // Others are measured while this one lives.
  for await (const _ of Deno.stdin.readable);
  await engine.close();
}

async function shortestToken(
  sampler: Sampler,
  tokens: number,
): Promise<number> {
  const stop = new AbortController();
  const marks: number[] = [];
  try {
    await sampler.sample({
      classes: Int32Array.of(207),
      indices: Uint32Array.of(0),
      seed: 1n,
      signal: stop.signal,
      onToken(finished) {
        marks.push(performance.now());
        if (finished > tokens) stop.abort();
      },
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  const times = marks.slice(1).map((mark, i) => (mark - marks[i]!) / 1000);
  return Math.min(...times);
}

/** Of this process, as Linux counts it. */
function memory(): Pick<ChildReport, "residentBytes" | "highestBytes"> {
  const status = Deno.readTextFileSync("/proc/self/status");
  const bytes = (name: string) =>
    1024 * Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]);
  return { residentBytes: bytes("VmRSS"), highestBytes: bytes("VmHWM") };
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
