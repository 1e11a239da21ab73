import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { type LatentLaw, PAPER_LAW } from "../../../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import { posteriorFigures } from "../../../../lib/workflow/diagnose/posterior_figures.ts";
import { near } from "../../metric/_golden.ts";

const [IMAGES, TOKENS, D] = [5, 4, 6];
const GAUSSIAN = { posterior: "gaussian", normalize: "none" } as const;

/** The same number everywhere. */
function filled(value: number, shape: readonly number[]): HostTensor {
  const size = shape.reduce((a, b) => a * b);
  return hostTensor("f32", shape, new Float32Array(size).fill(value));
}

function figuresOf(
  parts: { readonly mu: HostTensor } & Record<string, HostTensor>,
  law: LatentLaw,
) {
  const engine = createReferenceEngine();
  return posteriorFigures(parts, law, { engine, batch: 2, seed: 0 });
}

/** Fails where a figure is not the same number at every position. */
function assertFlat(found: HostTensor | undefined, value: number): void {
  assert.deepEqual(found!.shape, [TOKENS]);
  for (const number of found!.data) near(number, value, 1e-5);
}

function total(figure: HostTensor | undefined): number {
  return Array.from(figure!.data).reduce((a, b) => a + b);
}

Deno.test("posteriorFigures() of a Gaussian splits its nats by position", async () => {
  const vectors = [IMAGES, TOKENS, D];
  const parts = { mu: filled(1, vectors), sigma: filled(1, vectors) };
  const figures = await figuresOf(parts, GAUSSIAN);
  // d mu^2 / 2 nats a token.
  assertFlat(figures["divergence/by_position"], D / 2);
  assertFlat(figures["split/total"], D / 2);
  for (const part of ["directional", "radial"]) {
    const nats = Array.from(figures[`split/${part}`]!.data);
    assert.ok(nats.every((n) => n > 0), part);
  }
  assert.equal(total(figures["sigma/counts"]), IMAGES * TOKENS * D);
  assert.equal(total(figures["divergence/counts"]), IMAGES * TOKENS);
});

Deno.test("posteriorFigures() undoes the scale of cached latents", async () => {
  const vectors = [IMAGES, TOKENS, D];
  const parts = { mu: filled(0.5, vectors), sigma: filled(0.25, vectors) };
  const figures = await figuresOf(parts, { ...GAUSSIAN, latent_scale: 0.25 });
  // mu 2 and sigma 1 as the VAE has them.
  assertFlat(figures["divergence/by_position"], 2 * D);
  near(figures["sigma/bounds"]!.data[0]!, 1, 1e-5);
});

Deno.test("posteriorFigures() counts concentrations on the sphere", async () => {
  const mu = filled(D ** -0.5, [IMAGES, TOKENS, D]);
  const kappa = filled(100, [IMAGES, TOKENS]);
  kappa.data.fill(1 as never, 0, 5);
  const figures = await figuresOf({ mu, kappa }, PAPER_LAW);
  const counts = figures["kappa/counts"]!.data;
  assert.deepEqual([counts[0], counts.at(-1)], [5, IMAGES * TOKENS - 5]);
  assert.equal(figures["split/total"], undefined);
});
