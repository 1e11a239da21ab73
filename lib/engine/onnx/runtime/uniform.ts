import { philox } from "../../../random/mod.ts";

const LANES = 4;
const UNIT = 2 ** -23;

/** Counter and key words that a whole array of draws shares, and its rows. */
export interface Counters {
  readonly key: Uint32Array | Int32Array;
  readonly rows: Uint32Array | Int32Array;
  readonly step: number;
  readonly stream: number;
}

/**
 * Fills `target` ([rows, width]) with numbers in (0, 1): 23 bits and a half,
 * from Philox4x32-10 blocks of counter (element / 4, step, row, stream).
 */
export function fillUniform(
  target: Float32Array,
  { key, rows, step, stream }: Counters,
): void {
  const width = target.length / rows.length;
  const block = new Uint32Array(LANES);
  const words = [key[0]!, key[1]!] as const;
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    let at = r * width;
    for (let e = 0; e < width; e += LANES) {
      philox({ counter: [e / LANES, step, row, stream], key: words }, block);
      const lanes = Math.min(LANES, width - e);
      for (let lane = 0; lane < lanes; lane++, at++) {
        target[at] = ((block[lane]! >>> 9) + 0.5) * UNIT;
      }
    }
  }
}
