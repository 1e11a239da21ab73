import assert from "node:assert/strict";
import type { ArtifactReader } from "../../../../lib/artifact/mod.ts";
import {
  areEvaluated,
  evaluatedParts,
} from "../../../../lib/workflow/report/evaluated.ts";

const DIGEST = "0123456789abcdef".repeat(4);

function metrics(config: ArtifactReader["config"]): ArtifactReader {
  return { name: "m.safetensors", config } as unknown as ArtifactReader;
}

const CONFIG = {
  sets: {
    samples: { n: 5_000, n_reference: 10_000, fid_jpeg_5000: 12.345 },
    reconstructions: { n: 3, n_reference: 10_000 },
  },
  reconstruction: { reconstructions: { n: 3, psnr_jpeg: 31.25 } },
  measured: {
    samples: {
      file: "a/",
      digest: DIGEST,
      network: "inception-2015-12-05",
      weights: DIGEST,
      precision: "f16",
      conditions: { ar: DIGEST, ema: 0.9999, cfg: 2 },
      pictures: { formats: { jpeg: 5_000 }, lossy: ["jpeg"] },
    },
    reconstructions: { file: "b/", digest: DIGEST },
    reference: {
      file: "val/",
      digest: DIGEST,
      pictures: { formats: { png: 2, jpeg: 1 }, resizedTo: 64 },
    },
  },
};

Deno.test("evaluatedParts() shows figures by their names, and what they are of", () => {
  const { headlines, tables } = evaluatedParts(metrics(CONFIG));
  assert.deepEqual(headlines[0], {
    title: "FID",
    value: "12.35",
    note: "fid_jpeg_5000, n = 5000; lower is better",
  });
  const [table] = tables;
  assert.deepEqual(
    table!.columns.map(({ name }) => name),
    ["n", "n_reference", "fid_jpeg_5000", "psnr_jpeg"],
  );
  assert.deepEqual(table!.rows[1]!.values["psnr_jpeg"], 31.25);
  assert.equal(
    table!.caption,
    'samples: "a/", SHA-256 0123456789ab, pictures jpeg, ' +
      "inception-2015-12-05, weights 0123456789ab, features in f16, " +
      "ar 0123456789ab, ema 0.9999, cfg 2. " +
      'reconstructions: "b/", SHA-256 0123456789ab. ' +
      'reference: "val/", SHA-256 0123456789ab, pictures png and jpeg, ' +
      "resized to 64 pixels.",
  );
});

Deno.test("evaluatedParts() refuses figures that are none", () => {
  const bad = { ...CONFIG, sets: { samples: { n: "many" } } };
  assert.throws(
    () => evaluatedParts(metrics(bad)),
    /m\.safetensors": config\.sets\.samples\.n: .*found "many"/,
  );
  assert.ok(areEvaluated(metrics(CONFIG)));
  assert.ok(!areEvaluated(metrics({ sets: {} })));
});
