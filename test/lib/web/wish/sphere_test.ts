import assert from "node:assert/strict";
import { directionsOf } from "../../../../lib/web/wish/sphere.ts";

Deno.test("directionsOf() gives lengths, and angles from token to token", () => {
  // The last of four is not there yet.
  const tokens = Float32Array.of(2, 0, 0, 2, 0, -3, 0, 0);
  const { norms, turns } = directionsOf(tokens, { width: 2, finished: 3 });
  assert.deepEqual(norms, [2, 2, 3]);
  assert.deepEqual(turns.map(Math.round), [90, 180]);
});

Deno.test("directionsOf() keeps equal tokens at no angle", () => {
  const tokens = Float32Array.of(0.1, 0.7, 0.1, 0.7);
  const { turns } = directionsOf(tokens, { width: 2, finished: 2 });
  assert.ok(turns[0]! < 0.1);
});
