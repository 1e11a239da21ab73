import {
  type Bindings,
  concat,
  type HostTensor,
  hostTensor,
  input,
  type Node,
  normal,
  reshape,
  slice,
  type Tensor,
} from "../tensor/mod.ts";

/** Streams of the noise: conditional rows, and unconditional ones where free. */
const STREAMS = [64, 65] as const;

/**
 * Draws kept for each token: its start, and one for each step, of which there are
 * at most 10,000. However many a solver takes, and however they are grouped, no
 * draw moves, so that every token starts from the same noise.
 */
const DRAWS_PER_TOKEN = 2 ** 14;

/** Rows of a sampling batch. */
export interface Rows {
  readonly images: number;
  /** Conditional rows, then as many unconditional ones where the run is guided. */
  readonly rows: number;
  /** Numbers in one latent token. */
  readonly d: number;
}

/** Where the noise of one program comes from: its leaves, and the draws made of them. */
export interface NoisePort {
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  /** Draw `i` of this program's consecutive ones, [rows, d]. */
  draw(i: number): Tensor;
}

/** What identifies a program's first draw. */
export interface DrawPosition {
  readonly token: number;
  /** 0 starts the token; solver step s uses draw s + 1. */
  readonly draw: number;
}

/** What the noise of a batch depends on. */
export interface NoiseRequest {
  readonly seed: bigint;
  /** Index of each image in the run: with the seed, all that its draws depend on. */
  readonly indices: Uint32Array;
}

/** Noise of a run, built into programs and bound at their runs. */
export interface Noise {
  /** A port for a program that uses `count` consecutive draws. */
  port(count: number): NoisePort;
  /** Values of a port's inputs. */
  bind(
    position: DrawPosition,
    count: number,
    request: NoiseRequest,
  ): NonNullable<Bindings["inputs"]>;
}

/**
 * Noise from counters: the draws of an image depend on the seed and the image's
 * index alone.
 */
export function counterNoise({ images, rows, d }: Rows): Noise {
  const streams = STREAMS.slice(0, rows / images);
  return {
    port(count) {
      const key = input("noiseKey", [2], "u32");
      const imageRows = input("noiseRows", [images], "u32");
      const steps = Array.from(
        { length: count },
        (_, i) => [`noiseStep${i}`, input(`noiseStep${i}`, [], "u32")] as const,
      );
      return {
        inputs: {
          noiseKey: key,
          noiseRows: imageRows,
          ...Object.fromEntries(steps),
        },
        draw: (i) => {
          const source = { key, rows: imageRows, step: steps[i]![1] };
          const parts = streams.map((stream) =>
            normal(source, { shape: [d], stream })
          );
          return concat(parts, 0);
        },
      };
    },
    bind({ token, draw }, count, { seed, indices }) {
      const first = token * DRAWS_PER_TOKEN + draw;
      const words = Uint32Array.of(
        Number(seed & 0xFFFFFFFFn),
        Number((seed >> 32n) & 0xFFFFFFFFn),
      );
      const steps = Array.from({ length: count }, (_, i) => {
        const step = hostTensor("u32", [], Uint32Array.of(first + i));
        return [`noiseStep${i}`, step] as const;
      });
      return {
        noiseKey: hostTensor("u32", [2], words),
        noiseRows: hostTensor("u32", [images], indices),
        ...Object.fromEntries(steps),
      };
    },
  };
}

/** Noise that was recorded: [token, draw, row, d] (the release's order of draws). */
export function recordedNoise(
  { rows, d }: Rows,
  recording: HostTensor<"f32">,
): Noise {
  return {
    port(count) {
      const noise = input("noise", [count, rows, d]);
      return {
        inputs: { noise },
        draw: (i) =>
          reshape(slice(noise, 0, { start: i, stop: i + 1 }), [rows, d]),
      };
    },
    bind({ token, draw }, count) {
      const draws = recording.shape[1]!;
      const size = rows * d;
      const noise = new Float32Array(count * size);
      const start = (token * draws + draw) * size;
      // A solver's noiseless last step reads past the recording: zeros serve.
      const stop = Math.min(start + noise.length, (token + 1) * draws * size);
      noise.set(recording.data.subarray(start, stop));
      return { noise: hostTensor("f32", [count, rows, d], noise) };
    },
  };
}
