import assert from "node:assert/strict";
import { trainingCurves } from "../../../../lib/workflow/report/curves.ts";

const LOG = Float32Array.of(3, 2);

Deno.test("trainingCurves() shows every term, and a loss that has none", () => {
  const charts = trainingCurves({
    svae: {
      l1: LOG,
      kappa: LOG,
      "logits/real": LOG,
      loss: LOG,
      gradientNorm: LOG,
    },
    ar: { loss: LOG, gradientNorm: LOG },
    classifier: {},
  });
  assert.deepEqual(
    charts.map(({ name, title, yTitle }) => [name, title, yTitle]),
    [
      ["svae_l1", "S-VAE: reconstruction error", "mean absolute error"],
      ["svae_kappa", "S-VAE: concentration of the posterior", "mean kappa"],
      ["svae_logits/real", "S-VAE: logits/real", "logits/real"],
      ["ar_loss", "AR model: velocity loss of the head", "mean squared error"],
    ],
  );
  assert.deepEqual(charts[0]!.series[0]!.x, [1, 2]);
});

Deno.test("trainingCurves() leaves out the losses of several players", () => {
  const names = trainingCurves({
    svae: {
      l1: LOG,
      "loss/generator": LOG,
      "gradientNorm/generator": LOG,
    },
  }).map(({ name }) => name);
  assert.deepEqual(names, ["svae_l1"]);
});
