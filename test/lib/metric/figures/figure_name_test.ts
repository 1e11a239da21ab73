import assert from "node:assert/strict";
import {
  FIGURE_MARKS,
  figureName,
  figureOf,
  METRIC_NAMES,
} from "../../../../lib/metric/mod.ts";

Deno.test("figureName() counts samples where they are fewer than published", () => {
  assert.equal(figureName("fid", { samples: 9_999 }), "fid_9999");
  assert.equal(figureName("fid", { samples: 10_000 }), "fid");
  for (const name of ["frechet_classifier", "psnr"] as const) {
    assert.equal(figureName(name, { samples: 158 }), name);
  }
});

Deno.test("figureName() says what images went through, in one order", () => {
  const marks = ["resized", "jpeg"] as const;
  assert.equal(
    figureName("fid", { samples: 5_000, marks }),
    "fid_jpeg_resized_5000",
  );
  assert.equal(
    figureName("fid", { samples: 50_000, marks: ["webp"] }),
    "fid_webp",
  );
  assert.equal(figureName("psnr", { samples: 3, marks }), "psnr_jpeg_resized");
});

Deno.test("figureOf() finds the figure of every name", () => {
  for (const name of METRIC_NAMES) {
    for (const samples of [5, 50_000]) {
      for (const marks of [[], ["gif"], FIGURE_MARKS] as const) {
        assert.equal(figureOf(figureName(name, { samples, marks })), name);
      }
    }
  }
  assert.equal(figureOf("fid_x"), undefined);
  assert.equal(figureOf("fid_5_jpeg"), undefined);
});
