import assert from "node:assert/strict";
import {
  FeatureSet,
  featureSet,
  type KnownMoments,
} from "../../../../lib/metric/mod.ts";
import { cloud } from "../_scores.ts";

Deno.test("FeatureSet: sets that share moments make each once", async () => {
  const known: KnownMoments = new Map();
  const { source } = featureSet({
    name: "points",
    features: { pool_3: cloud(9, { seed: 1 }) },
  });
  const made = await new FeatureSet(source, known).moments("pool_3");
  assert.equal(made.count, 9);
  const again = new FeatureSet({
    ...source,
    read: () => Promise.reject(new Error("Features are not there")),
  }, known);
  assert.equal(await again.moments("pool_3"), made);
  await assert.rejects(again.moments("spatial"), /Features are not there/);
});
