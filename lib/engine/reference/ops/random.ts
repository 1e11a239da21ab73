import { type FAMILIES, sizeOf } from "../../../tensor/mod.ts";
import { allocateFor, type ReferenceTable } from "./value.ts";

/** Multipliers and key increments of Philox4x32 (Salmon et al. 2011, table 2). */
const MULTIPLIERS = [0xD2511F53n, 0xCD9E8D57n] as const;
const INCREMENTS = [0x9E3779B9, 0xBB67AE85] as const;
const ROUNDS = 10;

type Words = readonly [number, number, number, number];

/** One Philox4x32-10 block, written as in the paper with wide integers. */
export function philoxBlock(
  counter: Words,
  key: readonly [number, number],
): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const p0 = MULTIPLIERS[0] * BigInt(c0);
    const p1 = MULTIPLIERS[1] * BigInt(c2);
    const high = (p: bigint) => Number(p >> 32n);
    const low = (p: bigint) => Number(p & 0xFFFFFFFFn);
    [c0, c1, c2, c3] = [
      (high(p1) ^ c1 ^ k0) >>> 0,
      low(p1),
      (high(p0) ^ c3 ^ k1) >>> 0,
      low(p0),
    ];
    k0 = (k0 + INCREMENTS[0]) >>> 0;
    k1 = (k1 + INCREMENTS[1]) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Evaluations of the random ops. */
export const random: Pick<ReferenceTable, keyof typeof FAMILIES.random> = {
  uniform: (node, [key, rows, step]) => {
    const y = allocateFor(node);
    const width = sizeOf(node.attributes.shape);
    const words = [key!.data[0]!, key!.data[1]!] as const;
    rows!.data.forEach((row, r) => {
      let block: Words = [0, 0, 0, 0];
      for (let e = 0; e < width; e++) {
        if (e % 4 === 0) {
          const { stream } = node.attributes;
          block = philoxBlock([e / 4, step!.data[0]!, row, stream], words);
        }
        // 23 bits and a half: exact in float32, never 0 or 1.
        y[r * width + e] = ((block[e % 4]! >>> 9) + 0.5) * 2 ** -23;
      }
    });
    return y;
  },
};
