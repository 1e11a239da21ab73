import assert from "node:assert/strict";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import {
  featureSet,
  type MetricName,
  metricOf,
} from "../../../../lib/metric/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { formulaWeights } from "../../../../lib/workflow/verify/formula.ts";
import { near } from "../_golden.ts";
import EXPECTED from "../adm_scores.json" with { type: "json" };

const WIDTHS = { pool_3: 48, spatial: 40, logits: 30 };

/** Gain and shift before what is negative becomes 0. */
const SPREAD = { samples: [1.06, 0.05], reference: [1.15, 0] } as const;

type Role = keyof typeof SPREAD;

/** Features as make_adm_scores.py makes them. */
function rectified(
  role: Role,
  name: "pool_3" | "spatial",
  { rows }: { readonly rows: number },
) {
  const shape = [rows, WIDTHS[name]];
  const [gain, shift] = SPREAD[role];
  const values = formulaWeights(`${role}.${name}`, shape)
    .map((x) => Math.max(gain * x + shift, 0));
  return hostTensor("f32", shape, values);
}

function setOf(role: Role, rows: number) {
  const shape = [rows, WIDTHS.logits];
  const logits = Float64Array.from(
    formulaWeights(`${role}.logits`, shape),
    (x) => 6 * x,
  );
  return featureSet({
    name: role,
    features: {
      pool_3: rectified(role, "pool_3", { rows }),
      spatial: rectified(role, "spatial", { rows }),
      logits: hostTensor("f64", shape, logits),
    },
  });
}

/** How far each may lie off, as a share. */
const TOLERANCES: Partial<Record<MetricName, number>> = {
  fid: 1e-9,
  sfid: 1e-9,
  inception_score: 1e-12,
  precision: 0,
  recall: 0,
};

Deno.test("METRICS are those of the arithmetic of ADM's evaluator", async () => {
  const engine = await createOnnxEngine();
  const done = new Map<string, Promise<unknown>>();
  try {
    const subject = {
      engine,
      samples: setOf("samples", 10_200),
      reference: setOf("reference", 700),
      seed: 0,
      neighbours: 3,
      once<T>(key: string, work: () => Promise<T>): Promise<T> {
        const found = done.get(key) ?? work();
        done.set(key, found);
        return found as Promise<T>;
      },
    };
    for (const [name, tolerance] of Object.entries(TOLERANCES)) {
      const metric = metricOf(name as MetricName);
      assert.ok(metric.of === "sets");
      const expected = EXPECTED[name as keyof typeof EXPECTED];
      near((await metric.score(subject))!, expected, tolerance * expected);
    }
  } finally {
    await engine.close();
  }
});
