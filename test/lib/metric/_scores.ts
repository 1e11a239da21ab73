import { fileURLToPath } from "node:url";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { type HostTensor, hostTensor } from "../../../lib/tensor/mod.ts";

/** What make_scores.py wrote. */
export interface Scores {
  /** Figures by name. */
  readonly config: Readonly<Record<string, number>>;
  readonly reference: HostTensor;
  readonly samples: HostTensor;
  readonly logits: HostTensor;
}

/** Features and logits with the figures that others make of them. */
export async function openScores(): Promise<Scores> {
  const url = new URL("scores.safetensors", import.meta.url);
  const file = await openSafetensors(fileURLToPath(url));
  try {
    return {
      config: JSON.parse(file.metadata.config!),
      reference: await file.read("reference"),
      samples: await file.read("samples"),
      logits: await file.read("logits"),
    };
  } finally {
    file.close();
  }
}

/** Points in a plane, around (away, away). */
export function cloud(
  count: number,
  { seed, away = 0 }: { readonly seed: number; readonly away?: number },
): HostTensor {
  const draws = new RandomStream({ seed, stream: "cloud" });
  const values = Float32Array.from(
    { length: 2 * count },
    () => away + draws.normal(),
  );
  return hostTensor("f32", [count, 2], values);
}

/** Precision and recall of points in a plane, each pair measured. */
export function bruteForce(
  { reference, samples, neighbours }: {
    readonly reference: HostTensor;
    readonly samples: HostTensor;
    readonly neighbours: number;
  },
): { readonly precision: number; readonly recall: number } {
  const points = ({ data, shape }: HostTensor) =>
    Array.from(
      { length: shape[0]! },
      (_, i) => [data[2 * i]!, data[2 * i + 1]!] as const,
    );
  const between = (
    [x, y]: readonly [number, number],
    [u, v]: readonly [number, number],
  ) => (x - u) ** 2 + (y - v) ** 2;
  type Point = readonly [number, number];
  const ballsOf = (set: readonly Point[]) =>
    set.map((at) => {
      const sorted = Float64Array.from(set, (other) => between(at, other))
        .sort();
      return { at, radius: sorted[neighbours]! };
    });
  const shareInside = (
    set: readonly Point[],
    balls: ReturnType<typeof ballsOf>,
  ) =>
    set.filter((point) =>
      balls.some(({ at, radius }) => between(point, at) <= radius)
    ).length / set.length;
  const [real, fake] = [points(reference), points(samples)];
  return {
    precision: shareInside(fake, ballsOf(real)),
    recall: shareInside(real, ballsOf(fake)),
  };
}
