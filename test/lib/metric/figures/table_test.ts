import assert from "node:assert/strict";
import { KINDS } from "../../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  featureMoments,
  FeatureSet,
  featureSet,
  type MetricName,
  metricOf,
  SET_METRICS,
  type SetSubject,
} from "../../../../lib/metric/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { near } from "../_golden.ts";
import { openScores } from "../_scores.ts";

const engine = createReferenceEngine();

/** The recorded features under every name that figures take them by. */
async function recorded(): Promise<SetSubject> {
  const { reference, samples, logits } = await openScores();
  const set = (name: string, values: typeof samples) =>
    featureSet({
      name,
      features: {
        pool_3: values,
        spatial: values,
        cls: values,
        features: values,
        logits,
      },
      labels: hostTensor("i32", [260], new Int32Array(260)),
    });
  return {
    engine,
    samples: set("samples", samples),
    reference: set("reference", reference),
    seed: 0,
    neighbours: 3,
    once: (_, work) => work(),
  };
}

/** What others make of the recorded features. */
const EXPECTED: Partial<Record<MetricName, string>> = {
  fid: "fid",
  sfid: "fid",
  rfid: "fid",
  fd_dinov2: "fid",
  frechet_classifier: "fid",
  precision: "precision",
  recall: "recall",
  precision_classifier: "precision",
  recall_classifier: "recall",
  density: "density",
  coverage: "coverage",
};

Deno.test("METRICS score sets by the features that they name", async () => {
  const subject = await recorded();
  const { config } = await openScores();
  for (const [name, metric] of SET_METRICS) {
    const value = await metric.score(subject);
    assert.ok(Number.isFinite(value), name);
    const key = EXPECTED[name];
    if (key !== undefined) near(value!, config[key]!, 1e-6 * config.fid!);
  }
});

Deno.test("METRICS take features that their networks have", () => {
  for (const [name, { needs: { network, features } }] of SET_METRICS) {
    const { tensors } = KINDS.features.forms[network];
    assert.ok(Object.hasOwn(tensors, features), name);
  }
});

Deno.test("METRICS of sets that are too small are null", async () => {
  const few = featureSet({
    name: "few",
    features: {
      pool_3: hostTensor("f32", [3, 1], Float32Array.of(1, 2, 3)),
    },
  });
  const subject = { ...await recorded(), samples: few, reference: few };
  for (const name of ["precision", "recall", "coverage", "fid_inf"] as const) {
    const metric = metricOf(name);
    assert.ok(metric.of === "sets");
    assert.equal(await metric.score(subject), null, name);
  }
});

Deno.test("FeatureSet takes moments that are known, and makes others once", async () => {
  const values = hostTensor("f32", [2, 1], Float32Array.of(1, 3));
  let reads = 0;
  const known = featureMoments(
    hostTensor("f32", [2, 1], Float32Array.of(5, 7)),
  );
  const set = new FeatureSet({
    name: "set",
    count: 2,
    widths: { pool_3: 1 },
    read: () => {
      reads++;
      return Promise.resolve(values);
    },
    moments: { spatial: known },
  });
  assert.equal(await set.moments("spatial"), known);
  assert.equal((await set.moments("pool_3")).mean[0], 2);
  assert.equal(await set.moments("pool_3"), await set.moments("pool_3"));
  assert.equal(reads, 1);
});
