import assert from "node:assert/strict";
import {
  describeChecks,
  summarizeFiles,
} from "../../../../lib/workflow/verify/mod.ts";

const good = { tensor: "out/loss", error: 1e-6, tolerance: 1e-4, pass: true };
const bad = { ...good, tensor: "grad/w", error: 0.5, pass: false };
const FILES = [
  { file: "a/vae.safetensors", case: "vae", pass: true, checks: [good, good] },
  { file: "b.safetensors", case: "ar", pass: false, checks: [good, bad] },
  {
    file: "c.safetensors",
    case: "poem",
    pass: true,
    checks: [],
    skipped: "no checks",
  },
];

Deno.test("summarizeFiles() sums up every file and all of them", () => {
  assert.deepEqual(summarizeFiles(FILES, false), [
    "vae.safetensors  pass: All 2 tensors agree",
    "b.safetensors    FAIL: 1 of 2 tensors disagree",
    "c.safetensors    skipped: no checks",
    "1 of 4 tensors disagree; 1 of 3 files skipped",
  ]);
});

Deno.test("describeChecks() has a row for every tensor", () => {
  const [, ...rows] = describeChecks(FILES, false);
  assert.equal(rows.length, 4);
  assert.match(rows[3]!, /^ar +grad\/w +5\.0e-1 +1e-4 +FAIL$/);
});
