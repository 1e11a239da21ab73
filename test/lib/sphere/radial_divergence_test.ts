import assert from "node:assert/strict";
import * as powerSpherical from "../../../lib/sphere/power_spherical.ts";
import { logSphereArea, vonMisesFisher } from "../../../lib/sphere/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { compute, vector } from "./_engines.ts";
import { assertNear, dot, midpoints } from "./_numbers.ts";

/** Appendix B: KL(q(z) || N(0, I)) = KL(q(u) || uniform) + E KL(q(r | u) || p(r)). */

const LAWS = { powerSpherical, vonMisesFisher };

interface Grid {
  readonly points: readonly number[];
  readonly step: number;
}

function grid(low: number, high: number, count: number): Grid {
  return { points: midpoints(low, high, count), step: (high - low) / count };
}

/** ln of a radius' density: normal about a mean, cut at 0. */
function logRadius(mean: number, deviation: number, { points, step }: Grid) {
  const raw = points.map((r) => -((r - mean) ** 2) / (2 * deviation ** 2));
  const mass = raw.reduce((sum, log) => sum + Math.exp(log) * step, 0);
  return raw.map((log) => log - Math.log(mass));
}

/** ln of the radius' density under N(0, I): the chi law, with our sphere's area. */
function logChi(r: number, d: number): number {
  return logSphereArea(d) - d / 2 * Math.log(2 * Math.PI) +
    (d - 1) * Math.log(r) - r * r / 2;
}

/** A law's ln density and mass on rings of equal angle. */
async function rings(
  law: keyof typeof LAWS,
  { d, kappa, angles }: { d: number; kappa: number; angles: Grid },
) {
  const rows = angles.points.length;
  const flat = (value: (angle: number, i: number) => number) =>
    hostTensor(
      "f64",
      [rows, d],
      Float64Array.from({ length: rows * d }, (_, at) =>
        value(angles.points[Math.floor(at / d)]!, at % d)),
    );
  const { logs, kl } = await compute({
    inputs: {
      x: flat((angle, i) =>
        i === 0 ? Math.cos(angle) : i === 1 ? Math.sin(angle) : 0
      ),
      mu: flat((_, i) => i === 0 ? 1 : 0),
      kappa: vector(angles.points.map(() => kappa)),
    },
    build: ({ x, mu, kappa }) => ({
      logs: LAWS[law].logDensity(x!, { mu: mu!, kappa: kappa! }),
      kl: LAWS[law].klToUniform(kappa!, d),
    }),
  });
  const unit = Math.exp(logSphereArea(d - 1));
  const mass = angles.points.map((angle, i) =>
    Math.exp(logs![i]!) * unit * Math.sin(angle) ** (d - 2) * angles.step
  );
  return { logs: logs!, mass, directional: kl![0]! };
}

for (const law of ["powerSpherical", "vonMisesFisher"] as const) {
  Deno.test(`${law}: the divergence of z splits into direction and radius`, async () => {
    const [d, kappa] = [6, 9];
    const angles = grid(0, Math.PI, 2000);
    const radii = grid(0, 12, 2000);
    const { logs, mass, directional } = await rings(law, { d, kappa, angles });
    // The radius' law depends on the direction.
    const meanRadius = (angle: number) => 2 + 0.5 * Math.cos(angle);
    let [whole, radial] = [0, 0];
    for (const [i, angle] of angles.points.entries()) {
      const logR = logRadius(meanRadius(angle), 0.4, radii);
      const weights = logR.map((log) => Math.exp(log) * radii.step);
      const toChi = radii.points.map((r, j) => logR[j]! - logChi(r, d));
      radial += mass[i]! * dot(weights, toChi);
      // In R^d: q(z) = q(u) q(r | u) / r^(d - 1), p(z) = N(z; 0, I).
      const toNormal = radii.points.map((r, j) =>
        logs[i]! + logR[j]! - (d - 1) * Math.log(r) +
        d / 2 * Math.log(2 * Math.PI) + r * r / 2
      );
      whole += mass[i]! * dot(weights, toNormal);
    }
    assertNear([whole], [directional + radial], {
      tolerance: 1e-8,
      what: "KL(q(z) || p(z))",
    });
    assert.ok(radial > 0);
  });
}

Deno.test("a Gaussian's divergence exceeds that of its direction", async () => {
  // z ~ N(m, s^2 I): the law of its direction by quadrature over the radius.
  const [d, m, s] = [6, 2, 0.7];
  const exact = d / 2 * (s * s - 1 - 2 * Math.log(s)) + m * m / 2;
  const angles = grid(0, Math.PI, 800);
  const radii = grid(0, 9, 800);
  const unit = Math.exp(logSphereArea(d - 1));
  const { mass: uniformMass } = await rings("powerSpherical", {
    d,
    kappa: 0,
    angles,
  });
  const uniformLog = -logSphereArea(d);
  let [directional, radial] = [0, 0];
  for (const [i, angle] of angles.points.entries()) {
    const joint = radii.points.map((r) =>
      (d - 1) * Math.log(r) - d / 2 * Math.log(2 * Math.PI * s * s) -
      (r * r - 2 * r * m * Math.cos(angle) + m * m) / (2 * s * s)
    );
    const density = joint.reduce((a, log) => a + Math.exp(log) * radii.step, 0);
    const ring = unit * Math.sin(angle) ** (d - 2) * angles.step;
    assertNear([uniformMass[i]!], [ring * Math.exp(uniformLog)], {
      tolerance: 1e-12,
      what: "the uniform law",
    });
    directional += ring * density * (Math.log(density) - uniformLog);
    radial += ring * radii.points.reduce((sum, r, j) => {
      const log = joint[j]! - Math.log(density);
      return sum + Math.exp(joint[j]!) * radii.step * (log - logChi(r, d));
    }, 0);
  }
  assertNear([directional + radial], [exact], {
    tolerance: 1e-8,
    what: "KL(N(m, s^2 I) || N(0, I))",
  });
  assert.ok(radial > 0.1 && directional < exact);
});
