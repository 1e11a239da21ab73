import assert from "node:assert/strict";
import { accepted } from "../../../lib/serve/mod.ts";

const OFFERED = ["application/json", "image/png", "text/event-stream"] as const;

/** Headers, and what they get. */
const CASES: readonly (readonly [string | null, string | undefined])[] = [
  [null, "application/json"],
  ["", "application/json"],
  ["*/*", "application/json"],
  ["image/png", "image/png"],
  ["IMAGE/PNG", "image/png"],
  ["image/*", "image/png"],
  ["text/html, image/*;q=0.5", "image/png"],
  ["application/json;q=0.2, text/event-stream;q=0.9", "text/event-stream"],
  ["*/*;q=0.1, image/png", "image/png"],
  ["application/json;q=0, */*", "image/png"],
  ["text/html", undefined],
  ["application/json;q=0", undefined],
  ["image/png;q=wrong", undefined],
];

for (const [header, expected] of CASES) {
  Deno.test(`accepted() of ${JSON.stringify(header)} is ${expected}`, () => {
    assert.equal(accepted(header, OFFERED), expected);
  });
}
