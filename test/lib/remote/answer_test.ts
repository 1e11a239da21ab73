import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { pieceOf } from "../../../lib/remote/answer.ts";
import { Interruption } from "../../../lib/remote/interruption.ts";
import type { HubFacts } from "../../../lib/remote/request.ts";

/** What is made of an answer with some headers. */
function piece(
  headers: Record<string, string>,
  { status = 200, hub = {}, bytes }: {
    status?: number;
    hub?: HubFacts;
    bytes?: number;
  } = {},
) {
  const response = new Response("body", { status, headers });
  const place = "https://hub.example/m.pt";
  return pieceOf({ response, place, hub }, {
    name: "m",
    bytes,
    hasToken: false,
  });
}

Deno.test("pieceOf() knows size, tag and start of what it is given", () => {
  const whole = piece({ "content-length": "4", etag: '"a"' });
  assert.equal(whole.start, 0);
  assert.deepEqual(whole.version, { bytes: 4, validator: '"a"' });
  const range = { "content-range": "bytes 6-9/10", "content-length": "4" };
  const rest = piece(range, { status: 206, hub: { sha256: "f", bytes: 10 } });
  assert.equal(rest.start, 6);
  assert.deepEqual(rest.version, { bytes: 10, sha256: "f" });
});

Deno.test("pieceOf() takes no weak tag, but a date in its place", () => {
  const tags = { "content-length": "4", etag: 'W/"a"' };
  assert.equal(piece(tags).version.validator, undefined);
  const date = "Sun, 29 Nov 2026 10:00:00 GMT";
  const dated = piece({ ...tags, "last-modified": date });
  assert.equal(dated.version.validator, date);
});

Deno.test("pieceOf() refuses sizes that differ, and files without any", () => {
  const length = { "content-length": "4" };
  const refusals: [() => unknown, RegExp][] = [
    [() => piece({}), /^Cannot fetch "m": https:.* does not say how large/],
    [() => piece({ "content-length": "9".repeat(16) }), /does not say how/],
    [() => piece(length, { bytes: 5 }), /expected 5 bytes, .* has 4$/],
    [() => piece(length, { hub: { bytes: 5 } }), /expected 5 bytes, .* has 4$/],
    [() => piece({ ...length, "content-encoding": "gzip" }), /encoding "gzip"/],
    [() => piece({}, { status: 418 }), /answers 418, expected 200$/],
  ];
  for (const [run, message] of refusals) {
    assert.throws(run, (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal(piece({}, { bytes: 4 }).version.bytes, 4);
});

Deno.test("pieceOf() tries again for ranges that nobody asked for", () => {
  for (
    const range of [
      "bytes 6-8/10",
      "bytes 6-9/*",
      "bytes 11-9/10",
      "items 1-9/10",
    ]
  ) {
    const run = () => piece({ "content-range": range }, { status: 206 });
    assert.throws(run, Interruption, range);
  }
});

Deno.test("pieceOf() waits as long as a server asks for, within bounds", () => {
  const waits: [string, number | undefined][] = [
    ["3", 3_000],
    ["86400", 120_000],
    ["Sun, 29 Nov 2026 10:00:00 GMT", undefined],
  ];
  for (const [text, waitMs] of waits) {
    const run = () => piece({ "retry-after": text }, { status: 429 });
    assert.throws(
      run,
      (error: Error) =>
        error instanceof Interruption && error.waitMs === waitMs,
    );
  }
});
