import assert from "node:assert/strict";
import { artifactInMemory } from "../../../../lib/artifact/mod.ts";
import {
  readSweep,
  type Sweep,
  sweepJson,
} from "../../../../lib/workflow/sweep/found.ts";
import { axesOf, pointsOf } from "../../../../lib/workflow/sweep/points.ts";

const AXES = axesOf({ cfg: "1,2", steps: "10,50:5" }, {
  cfg: 1,
  steps: 10,
  cfgSchedule: "linear",
  solver: "euler",
  seed: 3,
});

const SWEEP: Sweep = {
  axes: AXES,
  results: pointsOf(AXES).map((point, i) => ({
    point,
    images: 50,
    referenceImages: i === 0 ? null : 100,
    figures: { fid_50: [9, 5, null, 7][i]! },
    intervals: { fid_50: [4, 6] },
    measured: { samples: { digest: "ab" } },
    recipe: { stage: "sweep", seed: 3 },
    inputs: { ar: "cd" },
  })),
};

/** What reading finds in some JSON. */
async function read(value: unknown): Promise<Sweep> {
  const config = JSON.parse(JSON.stringify(value));
  const contents = { kind: "metrics", tensors: {}, config } as const;
  return readSweep(await artifactInMemory("s.json", contents));
}

Deno.test("readSweep() reads what sweepJson() wrote", async () => {
  const json = sweepJson(SWEEP);
  assert.deepEqual(json.varied, ["cfg", "steps"]);
  assert.equal(json.figure, "fid_50");
  assert.equal(json.best["fid_50"]!.value, 5);
  assert.equal(json.best["fid_50"]!.cfg, 2);
  assert.deepEqual(await read(json), SWEEP);
});

Deno.test("readSweep() leaves out numbers that are no figures", async () => {
  const { points, ...json } = sweepJson(SWEEP);
  const more = points.map((point) => ({ ...point, figures: { luck: 1 } }));
  const { results } = await read({ ...json, points: more });
  assert.deepEqual(results.map(({ figures }) => figures), [{}, {}, {}, {}]);
});

Deno.test("readSweep() names the file and what does not fit", async () => {
  const json = sweepJson(SWEEP);
  const [first] = json.points;
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{}, /^Cannot use "s\.json": axes: expected object, found nothing$/],
    [{ ...json, points: [] }, /points: .*found \[\]$/],
    [{ ...json, axes: { ...AXES, cfg: [] } }, /axes\.cfg: .*found \[\]$/],
    [
      { ...json, points: [{ ...first, cfg: "much" }] },
      /points\.0\.cfg: expected number, found "much"$/,
    ],
    [
      { ...json, points: [{ ...first, figures: { fid: "low" } }] },
      /points\.0\.figures\.fid: expected number, found "low"$/,
    ],
  ];
  for (const [value, expected] of refused) {
    await assert.rejects(read(value), { name: "UserError", message: expected });
  }
});
