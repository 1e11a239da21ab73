import assert from "node:assert/strict";
import { simulate } from "../../bench/scaling/mod.ts";

const SCENE = {
  weights: 1000,
  stepSeconds: 8,
  latencySeconds: 0.25,
  bytesPerSecond: 1000,
};

Deno.test("simulate() counts what travels between two ranks by hand", () => {
  // 2000 bytes of gradients and as many of weights: 2 s and 0.25 s, twice.
  assert.deepEqual(simulate(SCENE, 2), {
    ranks: 2,
    bytesSent: 4000,
    computeSeconds: 4,
    travelSeconds: 4.5,
    efficiency: 4 / 8.5,
  });
});

Deno.test("simulate() lets nothing travel where a rank is alone", () => {
  const { bytesSent, travelSeconds, efficiency } = simulate(SCENE, 1);
  assert.deepEqual([bytesSent, travelSeconds, efficiency], [0, 0, 1]);
});
