import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { mongeDistance } from "../../../lib/metric/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { near } from "./_golden.ts";

function line(...values: number[]) {
  return hostTensor("f32", [values.length, 1], Float32Array.from(values));
}

/** Rows of normal numbers, moved along the first axis. */
function normals(
  count: number,
  { width, by, seed }: { width: number; by: number; seed: number },
) {
  const draws = new RandomStream({ seed, stream: "normals" });
  const values = Float32Array.from(
    { length: count * width },
    (_, k) => draws.normal() + (k % width === 0 ? by : 0),
  );
  return hostTensor("f32", [count, width], values);
}

await testOnEngines({
  "mongeDistance() in one dimension sorts both sets": async (engine) => {
    // Either direction gives the sorted differences 1, 2 and 3.
    const pair = { reference: line(0, 5, 1), samples: line(8, 1, 3) };
    near(await mongeDistance(engine, pair), 3 * (1 + 4 + 9) / 3, 1e-5);
  },
  "mongeDistance() of a moved set is three times its squared way": async (
    engine,
  ) => {
    // A direction sees by² cos², whose mean is by² / width.
    const width = 6, by = 2;
    const reference = normals(300, { width, by: 0, seed: 1 });
    const samples = normals(300, { width, by, seed: 1 });
    const found = await mongeDistance(engine, { reference, samples });
    // Three deviations of a mean over 1000 directions.
    near(found, 3 * by ** 2, 1.3);
  },
});

Deno.test("mongeDistance() takes as many rows of both sets", async () => {
  const engine = createReferenceEngine();
  const reference = line(4, 4, 4, 4, 4);
  near(
    await mongeDistance(engine, { reference, samples: line(1, 2) }),
    19.5,
    1e-9,
  );
  const empty = { reference, samples: line() };
  await assert.rejects(mongeDistance(engine, empty), RangeError);
});
