import assert from "node:assert/strict";
import { browserTable } from "../../bench/browser/mod.ts";
import type { BrowserResult } from "../../bench/browser/works.ts";

const OURS = { firstSeconds: 2, seconds: [0.02, 0.01, 0.03] };

function tableOf(result: Omit<BrowserResult, "spherear">): string[] {
  const text = browserTable({
    browser: "Chrome/1",
    adapter: { description: "some adapter", features: [] },
    library: "other 1.0",
    rows: 8,
    rounds: 3,
    works: { "tiny head": { spherear: OURS, ...result } },
  });
  return text.split("\n").filter((line) => line.startsWith("tiny head"));
}

Deno.test("browserTable() compares medians, and tells who computes something else", () => {
  const onnxruntime = { firstSeconds: 4, seconds: [0.08, 0.06, 0.05] };
  const [ours, theirs] = tableOf({ onnxruntime, difference: 1e-6 });
  assert.match(ours!, /spherear +2000 +10\.0 +20\.0 +1\.00/);
  assert.match(theirs!, /other 1\.0 +4000 +50\.0 +60\.0 +3\.00 +1\.0e-6/);
  const [, other] = tableOf({ onnxruntime, difference: 0.1 });
  assert.match(other!, /\(3\.00\) +1\.0e-1/);
});

Deno.test("browserTable() says why the other library did not run", () => {
  const [, theirs] = tableOf({ onnxruntime: { missing: "No such operator" } });
  assert.match(theirs!, /No such operator/);
});
