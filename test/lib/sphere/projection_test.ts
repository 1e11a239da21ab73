import assert from "node:assert/strict";
import fc from "fast-check";
import { projectToSphere } from "../../../lib/sphere/mod.ts";
import {
  grad,
  type HostTensor,
  hostTensor,
  sum,
  vjp,
} from "../../../lib/tensor/mod.ts";
import { compute, testEngines } from "./_engines.ts";
import { assertNear, dot } from "./_numbers.ts";

/** Vectors that are not near 0, with a tangent direction's seed. */
const VECTOR = fc.array(
  fc.double({ min: -1, max: 1, noNaN: true }),
  { minLength: 2, maxLength: 12 },
).filter((x) => Math.hypot(...x) > 0.1);
const RADIUS = fc.double({ min: 0.5, max: 8, noNaN: true });

function matrix(rows: readonly (readonly number[])[]): HostTensor {
  const data = Float64Array.from(rows.flat());
  return hostTensor("f64", [rows.length, rows[0]!.length], data);
}

/** Rows of the Jacobian of N_R at x. */
async function jacobian(
  x: readonly number[],
  radius: number,
): Promise<readonly number[]> {
  const identity = x.map((_, i) => x.map((_, j) => i === j ? 1 : 0));
  const { rows } = await compute({
    inputs: { x: matrix(x.map(() => x)), identity: matrix(identity) },
    build: ({ x, identity }) => ({
      rows: vjp(projectToSphere(x!, { radius }), [x!], identity!)[0]!,
    }),
  });
  return rows!;
}

async function project(
  x: readonly number[],
  radius: number,
): Promise<readonly number[]> {
  const { y } = await compute({
    inputs: { x: matrix([x]) },
    build: ({ x }) => ({ y: projectToSphere(x!, { radius }) }),
  });
  return y!;
}

Deno.test("the projection's derivative is the tangent projector (Lemma 1)", async () => {
  await fc.assert(
    fc.asyncProperty(VECTOR, RADIUS, async (v, r) => {
      const z = await project(v, r); // on the sphere of radius r
      const expected = z.flatMap((a, i) =>
        z.map((b, j) => (i === j ? 1 : 0) - a * b / r ** 2)
      );
      const found = await jacobian(z, r);
      assertNear(found, expected, { tolerance: 1e-12, floor: 1, what: "DN" });
      // Off the sphere it is R / |x| times the projector.
      const scaled = await jacobian(v, r);
      const factor = r / Math.hypot(...v);
      assertNear(scaled, expected.map((p) => factor * p), {
        tolerance: 1e-11,
        floor: factor,
        what: "DN off the sphere",
      });
    }),
    { numRuns: 30, seed: 4 },
  );
});

Deno.test("radial errors vanish, tangential ones stay (Lemma 2)", async () => {
  await fc.assert(
    fc.asyncProperty(VECTOR, async (v) => {
      const r = Math.sqrt(v.length);
      const z = await project(v, r);
      const radial = await project(z.map((a) => a * 1.05), r);
      assertNear(radial, z, { tolerance: 1e-12, floor: r, what: "radial" });
      const raw = z.map((_, i) => Math.cos(3 * i + 1));
      const along = dot(raw, z) / r ** 2;
      const tangent = raw.map((a, i) => a - along * z[i]!);
      // What is left of z + e (tangent + z) - (z + e tangent) falls as e^2.
      const left = await Promise.all([1e-3, 5e-4].map(async (e) => {
        const moved = z.map((a, i) => a + e * (tangent[i]! + a));
        const image = await project(moved, r);
        return Math.hypot(...image.map((a, i) => a - z[i]! - e * tangent[i]!));
      }));
      const size = Math.hypot(...tangent);
      if (size < 0.1) return;
      const share = left[1]! / left[0]!;
      assert.ok(Math.abs(share - 0.25) < 0.01, `share ${share}`);
    }),
    { numRuns: 30, seed: 5 },
  );
});

Deno.test("an error fed back has no radial part (Eq. 12 and 13)", async () => {
  // Ten steps of z <- N(g(z)) with a g that inflates: only directions differ.
  const grow = (z: readonly number[], by: number) =>
    z.map((a, i) => by * (a + 0.3 * z[(i + 1) % z.length]!));
  let [clean, scaled] = [[1, 2, -1, 0.5], [1, 2, -1, 0.5]] as [
    readonly number[],
    readonly number[],
  ];
  for (let step = 0; step < 10; step++) {
    clean = await project(grow(clean, 1), 2);
    scaled = await project(grow(scaled, 1.2), 2);
  }
  assertNear(scaled, clean, { tolerance: 1e-12, floor: 1, what: "states" });
});

testEngines(
  "projectToSphere() is finite at 0 with its gradient",
  async (engine) => {
    const { y, slope } = await compute({
      inputs: { x: matrix([[0, 0, 0], [1e-9, 0, 0], [3, 0, 4]]) },
      build: ({ x }) => {
        const y = projectToSphere(x!);
        return { y, slope: grad(sum(y), [x!])[0]! };
      },
    }, engine);
    assertNear(y!, [0, 0, 0, 1e-2, 0, 0, 0.6, 0, 0.8], {
      tolerance: 1e-6,
      floor: 1,
      what: "projection",
    });
    assert.ok(slope!.every(Number.isFinite));
  },
);
