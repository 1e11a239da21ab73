import { type HostTensor, hostTensor } from "../tensor/mod.ts";
import { type Order, RandomStream, type Seed } from "../random/mod.ts";

/** Bytes of the pictures' background, shifted in at the borders. */
const WHITE = 255;

/** Pictures in memory: u8 [n, size, size, 3]. */
export interface Pictures {
  readonly size: number;
  readonly data: Uint8Array;
}

/** One view of a picture: shifted by whole pixels, mirrored or not. */
export interface View {
  readonly picture: number;
  readonly dx: number;
  readonly dy: number;
  readonly flip: boolean;
}

/**
 * Random views for one training step: every row its own picture, shift and
 * flip, from the seed, the step and the row alone.
 */
export function randomViews(
  { count, shift, mayFlip }: {
    count: number;
    /** Largest shift in pixels. */
    shift: number;
    /** Whether a picture may be mirrored. */
    mayFlip: (picture: number) => boolean;
  },
  { seed, step, pick }: {
    seed: Seed;
    step: number;
    /** Chooses the picture of a row. */
    pick: Order;
  },
): View[] {
  return Array.from({ length: count }, (_, row) => {
    const draws = new RandomStream({ seed, stream: "views", step, row });
    const picture = pick({ step, row, draws });
    const dx = draws.integer(2 * shift + 1) - shift;
    const dy = draws.integer(2 * shift + 1) - shift;
    const flip = draws.integer(2) === 1 && mayFlip(picture);
    return { picture, dx, dy, flip };
  });
}

/** Views as floats in [-1, 1]: f32 [views, 3, size, size]. */
export function renderViews(
  { size, data }: Pictures,
  views: readonly View[],
): HostTensor<"f32"> {
  const plane = size * size;
  const out = new Float32Array(views.length * 3 * plane);
  views.forEach(({ picture, dx, dy, flip }, n) => {
    const source = picture * plane * 3;
    for (let y = 0; y < size; y++) {
      const row = y - dy;
      for (let x = 0; x < size; x++) {
        const column = (flip ? size - 1 - x : x) - dx;
        const inside = row >= 0 && row < size && column >= 0 && column < size;
        const from = source + (row * size + column) * 3;
        const to = n * 3 * plane + y * size + x;
        for (let c = 0; c < 3; c++) {
          const byte = inside ? data[from + c]! : WHITE;
          out[to + c * plane] = byte / 127.5 - 1;
        }
      }
    }
  });
  return hostTensor("f32", [views.length, 3, size, size], out);
}
