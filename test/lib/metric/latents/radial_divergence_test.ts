import assert from "node:assert/strict";
import { splitDivergence } from "../../../../lib/metric/mod.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import { near } from "../_golden.ts";

function normalNumbers(seed: number): () => number {
  const stream = new RandomStream({ seed, stream: "split divergence" });
  return () => stream.normal();
}

/** ln of the chi law's normaliser: ln(2^(d/2-1) Gamma(d/2)), for even d. */
function logChi(d: number): number {
  let log = (d / 2 - 1) * Math.LN2;
  for (let k = 2; k < d / 2; k++) log += Math.log(k);
  return log;
}

Deno.test("splitDivergence() of the prior itself is nothing at all", () => {
  const mu = new Float64Array(16), sigma = new Float64Array(16).fill(1);
  const found = splitDivergence({ mu, sigma }, {
    draws: 3,
    normal: normalNumbers(0),
  });
  assert.equal(found.total, 0);
  near(found.directional, 0, 1e-9);
  near(found.radial, 0, 1e-9);
});

Deno.test("splitDivergence() of a wider isotropic law is radial alone", () => {
  const d = 8, s = 1.7;
  const mu = new Float64Array(d), sigma = new Float64Array(d).fill(s);
  const { total, directional, radial } = splitDivergence({ mu, sigma }, {
    draws: 2,
    normal: normalNumbers(1),
  });
  near(total, d * ((s * s - 1) / 2 - Math.log(s)), 1e-12);
  near(directional, 0, 1e-9);
  near(radial, total, 1e-9);
});

Deno.test("splitDivergence(): both parts add up to the whole", () => {
  const d = 16;
  const draw = normalNumbers(2);
  const mu = Float64Array.from({ length: d }, draw);
  const sigma = Float64Array.from(
    { length: d },
    () => Math.exp(draw() / 2 - 1),
  );
  const { total, directional, radial } = splitDivergence({ mu, sigma }, {
    draws: 20_000,
    normal: normalNumbers(3),
  });
  assert.ok(radial > 0 && directional > 0);
  near(directional + radial, total, 0.1);
});

Deno.test("splitDivergence() of one mean agrees with the density along it", () => {
  // In one dimension directions are signs: q(+) is the mass above 0.
  const [m, s] = [0.6, 0.8];
  const { directional } = splitDivergence({ mu: [m], sigma: [s] }, {
    draws: 200_000,
    normal: normalNumbers(4),
  });
  // Phi(0.75), by its table.
  const above = 0.7733726476231317;
  const expected = above * Math.log(2 * above) +
    (1 - above) * Math.log(2 * (1 - above));
  near(directional, expected, 0.005);
});

Deno.test("splitDivergence() knows how far a shell is from the chi law", () => {
  // A narrow law far out: its radius is nearly normal about |mu|.
  const d = 16, radius = 4, s = 0.01;
  const mu = Float64Array.from({ length: d }, () => radius / Math.sqrt(d));
  const sigma = new Float64Array(d).fill(s);
  const { radial } = splitDivergence({ mu, sigma }, {
    draws: 2000,
    normal: normalNumbers(5),
  });
  const entropy = Math.log(s) + Math.log(2 * Math.PI * Math.E) / 2;
  const chi = (d - 1) * Math.log(radius) - radius ** 2 / 2 - logChi(d);
  near(radial, -entropy - chi, 0.01);
});

Deno.test("splitDivergence() refuses a sigma of 0", () => {
  const at = { mu: [0, 0], sigma: [1, 0] };
  assert.throws(
    () => splitDivergence(at, { draws: 1, normal: () => 0 }),
    /sigma is 0/,
  );
});
