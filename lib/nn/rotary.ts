import { constantArray, type Tensor } from "../tensor/mod.ts";

/** Cosines and sines of rotary angles, [positions, head width / 2] each. */
export interface RotaryAngles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** Base of the frequencies (Su et al. 2021). */
const BASE = 10_000;

/**
 * Angles of the release's 2-D rotary embedding: half of each head turns by x,
 * half by y. `leading` tokens without a place sit at 0, patches of a
 * `grid` x `grid` image at their centres + 1.
 */
export function rotaryAngles(
  { grid, leading, headWidth }: {
    grid: number;
    leading: number;
    headWidth: number;
  },
): RotaryAngles {
  const perAxis = headWidth / 4;
  const frequencies = Array.from(
    { length: perAxis },
    (_, i) => BASE ** (-2 * i / (headWidth / 2)),
  );
  const centre = (i: number) => i + 0.5 + 1;
  const places = Array.from({ length: leading }, () => [0, 0]);
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      places.push([centre(column), centre(row)]);
    }
  }
  const angles = places.flatMap((place) =>
    place.flatMap((position) => frequencies.map((f) => position * f))
  );
  const shape = [places.length, headWidth / 2];
  return {
    cosine: constantArray(shape, angles.map(Math.cos)),
    sine: constantArray(shape, angles.map(Math.sin)),
  };
}
