import assert from "node:assert/strict";
import { readJson } from "../../../lib/serve/mod.ts";

const LIMITS = { mostBytes: 20, timeoutMs: 5000 };

function request(
  body: BodyInit | null,
  headers: Readonly<Record<string, string>> = {},
): Request {
  return new Request("http://here/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** A body whose pieces never end. */
function endless(piece: Uint8Array, onCancel = () => {}): ReadableStream {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(piece),
    cancel: onCancel,
  });
}

Deno.test("readJson() reads a body of at most the bytes that are allowed", async () => {
  const text = '{"a":"0123456789ab"}';
  assert.equal(text.length, LIMITS.mostBytes);
  assert.deepEqual(await readJson(request(text), LIMITS), {
    a: "0123456789ab",
  });
  const type = { "content-type": "application/json; charset=utf-8" };
  assert.deepEqual(await readJson(request("[1]", type), LIMITS), [1]);
});

Deno.test("readJson() refuses a body by its length, and stops one that says none", async () => {
  const large = { name: "HttpError", status: 413 };
  const told = request("{}", { "content-length": "21" });
  await assert.rejects(readJson(told, LIMITS), large);
  let isCancelled = false;
  const untold = request(endless(new Uint8Array(7), () => isCancelled = true));
  await assert.rejects(readJson(untold, LIMITS), large);
  // Otherwise it would be held.
  assert.equal(isCancelled, true);
});

Deno.test("readJson() refuses what is no JSON, or is not called so", async () => {
  for (const text of ["", "{", "[1,]", '{"a":1,"a":2}', "[".repeat(20)]) {
    const refused = { name: "HttpError", status: 400 };
    await assert.rejects(readJson(request(text), LIMITS), refused);
  }
  const bytes = request(Uint8Array.of(0x22, 0xff, 0x22));
  await assert.rejects(readJson(bytes, LIMITS), { status: 400 });
  for (const type of ["text/plain", "", "application/jsonx"]) {
    const other = request("{}", { "content-type": type });
    await assert.rejects(readJson(other, LIMITS), { status: 415 });
  }
});

Deno.test("readJson() waits for a slow body only so long", async () => {
  const never = new ReadableStream();
  const limits = { ...LIMITS, timeoutMs: 20 };
  await assert.rejects(readJson(request(never), limits), {
    name: "HttpError",
    status: 408,
  });
});

Deno.test("readJson() tells a body that was cut", async () => {
  const cut = new ReadableStream({
    pull: (controller) => controller.error(new Error("Gone")),
  });
  await assert.rejects(readJson(request(cut), LIMITS), {
    name: "HttpError",
    status: 400,
  });
});
