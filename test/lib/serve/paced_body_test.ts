import assert from "node:assert/strict";
import {
  type Ending,
  pacedBody,
  piecesOf,
} from "../../../lib/serve/paced_body.ts";

const IDLE_MS = 30;

/** A body, and how it ended. */
function paced(pieces: AsyncIterable<Uint8Array>) {
  const endings: Ending[] = [];
  const body = pacedBody(pieces, {
    idleMs: IDLE_MS,
    onEnd: (ending) => endings.push(ending),
  });
  return { body, endings };
}

async function* endless(onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) yield await Promise.resolve(Uint8Array.of(1));
  } finally {
    onEnd();
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("pacedBody() gives all pieces and says once that they were sent", async () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const { body, endings } = paced(piecesOf(bytes));
  const found = new Uint8Array(await new Response(body).arrayBuffer());
  assert.deepEqual(found, bytes);
  await wait(2 * IDLE_MS);
  assert.deepEqual(endings, ["sent"]);
});

Deno.test("pacedBody() leaves a client that takes nothing for long", async () => {
  let isOver = false;
  const { body, endings } = paced(endless(() => isOver = true));
  const reader = body.getReader();
  await reader.read();
  assert.deepEqual(endings, []);
  await wait(3 * IDLE_MS);
  assert.deepEqual(endings, ["slow"]);
  assert.equal(isOver, true);
  assert.equal((await reader.read()).done, true);
});

Deno.test("pacedBody() waits for pieces that are long in the making", async () => {
  async function* slow(): AsyncGenerator<Uint8Array> {
    await wait(3 * IDLE_MS);
    yield Uint8Array.of(7);
  }
  const { body, endings } = paced(slow());
  const found = new Uint8Array(await new Response(body).arrayBuffer());
  assert.deepEqual([...found], [7]);
  assert.deepEqual(endings, ["sent"]);
});

Deno.test("pacedBody() ends the pieces of a client that leaves", async () => {
  let isOver = false;
  const { body, endings } = paced(endless(() => isOver = true));
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(endings, ["left"]);
  assert.equal(isOver, true);
});

Deno.test("pacedBody() ends where pieces fail", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Uint8Array.of(1));
    throw new Error("A bug");
  }
  const { body, endings } = paced(failing());
  const found = new Uint8Array(await new Response(body).arrayBuffer());
  assert.deepEqual([...found], [1]);
  assert.deepEqual(endings, ["failed"]);
});
