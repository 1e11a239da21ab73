import assert from "node:assert/strict";
import {
  type Posterior,
  type PosteriorName,
  type PosteriorParts,
  POSTERIORS,
} from "../../../../lib/model/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  hostTensor,
  mul,
  sum,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import {
  compute,
  drawSource,
  randomInputs,
  REFERENCE,
  testEngines,
} from "../../sphere/_engines.ts";
import { assertNear } from "../../sphere/_numbers.ts";
import { noise, unitRows } from "../_models.ts";
import { closed, DIVERGENCES, type Point } from "./_divergences.ts";

const NAMES = Object.keys(POSTERIORS) as PosteriorName[];
const [ROWS, TOKENS, D] = [3, 5, 4];
/** With the numbers of every posterior. */
const CONFIG = { latent_dim: D, c_sigma: 0.5 };

function rowOf(name: PosteriorName): Posterior {
  return POSTERIORS[name];
}

/** Parts of posteriors [rows, tokens, ..], every part but mu above 0. */
function partsOf(name: PosteriorName): Record<string, HostTensor> {
  const { parts, onSphere } = rowOf(name);
  const entries = Object.entries(parts).map(([part, { width }]) => {
    const shape = [ROWS, TOKENS, ...width === "vector" ? [D] : []];
    const raw = part === "mu" && onSphere
      ? unitRows(shape, part)
      : noise(shape, { name: part });
    const data = part === "mu" ? raw.data : raw.data.map((x) => Math.exp(x));
    return [part, hostTensor("f32", shape, data)] as const;
  });
  return Object.fromEntries(entries);
}

/** Leaves as parts. */
function asParts(
  leaves: Readonly<Record<string, Tensor>>,
  name: PosteriorName,
): PosteriorParts {
  const names = Object.keys(rowOf(name).parts);
  const entries = names.map((part) => [part, leaves[part]!] as const);
  return { mu: leaves["mu"]!, ...Object.fromEntries(entries) };
}

/** Draws, and gradients of their weighed sum by every part. */
async function draw(
  name: PosteriorName,
  { engine = REFERENCE, differentiable }: {
    readonly engine?: Engine;
    readonly differentiable?: boolean;
  } = {},
) {
  const names = Object.keys(rowOf(name).parts);
  const weight = noise([ROWS, TOKENS, D], { name: "weight" });
  return await compute({
    inputs: { ...partsOf(name), weight, ...randomInputs(5, ROWS) },
    build: ({ weight, ...leaves }) => {
      const parts = asParts(leaves, name);
      const options = { ...drawSource(leaves), differentiable };
      const z = rowOf(name).draw(parts, options);
      const all = names.map((part) => parts[part]!);
      const gradients = grad(sum(mul(z, weight!)), all);
      const named = names.map((part, i) => [`d ${part}`, gradients[i]!]);
      return { z, ...Object.fromEntries(named) };
    },
  }, engine);
}

for (const name of NAMES) {
  const row = rowOf(name);

  Deno.test(`${name}: the parts that it makes are those that it declares`, async () => {
    const raw = noise([ROWS, TOKENS, row.rawWidth(D)], { name: "raw" });
    const shapes: Record<string, readonly number[]> = {};
    await compute({
      inputs: { raw },
      build: ({ raw }) => {
        const parts = row.fromRaw(raw!, CONFIG);
        for (const [part, { shape }] of Object.entries(parts)) {
          shapes[part] = shape;
        }
        return parts;
      },
    });
    const expected = Object.entries(row.parts).map(([part, { width }]) =>
      [part, [ROWS, TOKENS, ...width === "vector" ? [D] : []]] as const
    );
    assert.deepEqual(shapes, Object.fromEntries(expected));
  });

  testEngines(
    `${name}: draws and their gradients are those of the reference`,
    async (engine) => {
      const expected = await draw(name);
      const found = await draw(name, { engine });
      assert.deepEqual(Object.keys(found), Object.keys(expected));
      for (const [what, values] of Object.entries(expected)) {
        const options = { tolerance: 5e-4, floor: 1, what };
        assertNear(found[what]!, values, options);
      }
    },
  );

  Deno.test(`${name}: draws lie on the sphere where it says so, and nowhere else`, async () => {
    const { z } = await draw(name);
    const lengths = Array.from(
      { length: ROWS * TOKENS },
      (_, token) => Math.hypot(...z!.slice(token * D, (token + 1) * D)),
    );
    const apart = Math.max(...lengths.map((x) => Math.abs(x - Math.sqrt(D))));
    assert.equal(apart <= 1e-9, row.onSphere, `${lengths}`);
  });

  Deno.test(`${name}: gradients flow through draws unless they are told not to`, async () => {
    const through = await draw(name);
    for (const part of Object.keys(row.parts)) {
      assert.ok(through[`d ${part}`]!.some((x) => Math.abs(x) > 1e-3), part);
    }
    if (!row.onSphere) return;
    const cut = await draw(name, { differentiable: false });
    assert.deepEqual(cut["z"], through["z"]);
    assert.ok(cut["d kappa"]!.every((x) => x === 0));
  });

  testEngines(
    `${name}: divergence and gradient equal an integral`,
    async (engine) => {
      for (const point of POINTS[name]) {
        await assertDivergence(name, point, engine);
      }
    },
  );
}

Deno.test("the divergence of a normal law integrates to its closed form", () => {
  for (const [mu, sigma] of [[0, 1], [-2, 0.1], [0.7, 3]] as const) {
    const integral = DIVERGENCES["gaussian"]({ mu: [mu], sigma });
    assertNear([integral], [closed(mu, sigma)], {
      tolerance: 1e-8,
      floor: 1,
      what: `N(${mu}, ${sigma}^2)`,
    });
  }
});

const DIRECTION = [0.5, -0.5, 0.5, 0.5];
const DIRECTIONAL: readonly Point[] = [
  { mu: DIRECTION, kappa: 1 },
  { mu: DIRECTION, kappa: 30 },
];

/** Posteriors of single tokens. */
const POINTS: Readonly<Record<PosteriorName, readonly Point[]>> = {
  "power-spherical": DIRECTIONAL,
  "von-mises-fisher": DIRECTIONAL,
  "gaussian": [
    { mu: [0.3, -2, 0, 1], sigma: 1 },
    { mu: [0.3, -2, 0, 1], sigma: 0.02 },
    { mu: [0.3, -2, 0, 1], sigma: 3 },
  ],
  "fixed-variance": [
    { mu: [0.3, -2, 0, 1], c_sigma: 0.1 },
    { mu: [0.3, -2, 0, 1], c_sigma: 0.5 },
  ],
};

/** Step of the differences that stand for gradients. */
const STEP = 1e-3;

async function assertDivergence(
  name: PosteriorName,
  point: Point,
  engine: Engine,
): Promise<void> {
  const row = rowOf(name);
  const integral = DIVERGENCES[name];
  const names = Object.keys(row.parts);
  const inputs = names.map((part) => {
    const wide = row.parts[part]!.width === "vector";
    const values = [point[part]!].flat();
    const data = Float64Array.from(
      { length: wide ? D : 1 },
      (_, i) => values[i] ?? values[0]!,
    );
    return [part, hostTensor("f64", wide ? [1, 1, D] : [1, 1], data)] as const;
  });
  const found = await compute({
    inputs: Object.fromEntries(inputs),
    build: (leaves) => {
      const parts = asParts(leaves, name);
      const total = sum(row.divergence(parts));
      const all = names.map((part) => parts[part]!);
      const slopes = grad(total, all).map((slope) => sum(slope));
      return {
        total,
        ...Object.fromEntries(names.map((part, i) => [part, slopes[i]!])),
      };
    },
  }, engine);
  const tolerance = engine === REFERENCE ? 2e-5 : 3e-4;
  const check = (what: string, values: readonly number[], wanted: number) =>
    assertNear(values, [wanted], { tolerance, floor: 1, what });
  check("divergence", found["total"]!, integral(point));
  for (const part of names) {
    // On the sphere the divergence is the same for all directions.
    if (part === "mu" && row.onSphere) {
      check("mu", found["mu"]!, 0);
      continue;
    }
    const moved = (by: number): Point => {
      const value = point[part]!;
      const next = typeof value === "number"
        ? value * (1 + by)
        : value.map((x) => x + by);
      return { ...point, [part]: next };
    };
    const scale = typeof point[part] === "number" ? point[part] : 1;
    const slope = (integral(moved(STEP)) - integral(moved(-STEP))) /
      (2 * STEP * scale);
    check(part, found[part]!, slope);
  }
}
