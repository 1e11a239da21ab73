import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { arShapes, type LatentLaw } from "../../../../lib/model/mod.ts";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import {
  decodingFigures,
  refeedingFigures,
} from "../../../../lib/workflow/diagnose/decoding_figures.ts";
import { near } from "../../metric/_golden.ts";
import { AR, randomWeights } from "../../model/_models.ts";

const GAUSSIAN = { posterior: "gaussian", normalize: "none" } as const;
const RADIUS = Math.sqrt(AR.latent_dim);

function model(law: LatentLaw) {
  const config = { ...AR, ...law };
  return { config, weights: randomWeights(arShapes(config)) };
}

function decoding() {
  return {
    engine: createReferenceEngine(),
    sampling: {
      solver: "euler",
      steps: 2,
      cfg: 2,
      cfgSchedule: "constant",
      perClass: 1,
    },
    scales: [1, 2],
    classes: Int32Array.from([0, 1, 2]),
    seed: 0,
    signal: new AbortController().signal,
  } as const;
}

function values(figure: HostTensor | undefined): number[] {
  return Array.from(figure!.data);
}

Deno.test("decodingFigures(): on the sphere lengths are constant, and drift unprojected", async () => {
  const figures = await decodingFigures(model(AR), decoding());
  for (const scale of [1, 2]) {
    for (const norm of values(figures[`decoded/${scale}/norm`])) {
      near(norm, RADIUS, 1e-5);
    }
    const free = values(figures[`decoded_unprojected/${scale}/norm`]);
    assert.ok(free.some((norm) => Math.abs(norm - RADIUS) > 0.05), `${free}`);
  }
  const [low, high] = [1, 2]
    .map((scale) => values(figures[`decoded/${scale}/variance`]));
  assert.notDeepEqual(low, high);
});

Deno.test("decodingFigures() of a Gaussian model has one chain", async () => {
  const figures = await decodingFigures(model(GAUSSIAN), decoding());
  const chains = Object.keys(figures).map((name) => name.split("/")[0]);
  assert.deepEqual([...new Set(chains)], ["decoded"]);
});

Deno.test("refeedingFigures(): a projection takes most of the radial error", async () => {
  const figures = await refeedingFigures(model(AR), decoding());
  const mean = (name: string) =>
    values(figures[name]).reduce((a, b) => a + b) / AR.grid ** 2;
  const [along, across] = [mean("refed/radial"), mean("refed/tangential")];
  assert.ok(along > 0 && across > 0);
  assert.ok(along < mean("refed_unprojected/radial") / 2);
  // Of second order in the error across: e^2 / 2R where it is small.
  assert.ok(along < across);
});
