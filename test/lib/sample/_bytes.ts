import assert from "node:assert/strict";

/** How bytes may differ: each by at most `limit`, at most a share of them at all. */
export interface ByteTolerance {
  readonly limit: number;
  readonly share: number;
}

/** What the same images may differ by in batches of other sizes. */
export const OTHER_BATCH: ByteTolerance = { limit: 1, share: 0.001 };

/** Requires the bytes of images to be close. */
export function assertBytes(
  found: Uint8Array,
  expected: Uint8Array,
  { limit, share }: ByteTolerance,
): void {
  assert.equal(found.length, expected.length);
  let [worst, differing] = [0, 0];
  found.forEach((byte, i) => {
    const gap = Math.abs(byte - expected[i]!);
    worst = Math.max(worst, gap);
    if (gap > 0) differing++;
  });
  assert.ok(worst <= limit, `bytes differ by ${worst}`);
  assert.ok(differing <= share * found.length, `${differing} bytes differ`);
}
