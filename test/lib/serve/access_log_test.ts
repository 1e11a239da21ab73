import assert from "node:assert/strict";
import { accessLine } from "../../../lib/serve/mod.ts";

const RECORD = {
  time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
  method: "POST",
  path: "/api/samples",
  status: 200,
  durationMs: 1234.4,
  bytes: 99,
  facts: { images: 4, queue: 2 },
};

Deno.test("accessLine() is a line for people, or JSON", () => {
  assert.equal(
    accessLine(RECORD, { json: false }),
    "03:04:05 POST /api/samples 200 1.23s images=4 queue=2",
  );
  assert.deepEqual(JSON.parse(accessLine(RECORD, { json: true })), {
    time: "2026-01-02T03:04:05.678Z",
    method: "POST",
    path: "/api/samples",
    status: 200,
    ms: 1234,
    bytes: 99,
    images: 4,
    queue: 2,
  });
});

Deno.test("accessLine() cuts long paths", () => {
  const path = `/${"a".repeat(10_000)}`;
  for (const json of [false, true]) {
    assert.ok(accessLine({ ...RECORD, path }, { json }).length < 400);
  }
});
