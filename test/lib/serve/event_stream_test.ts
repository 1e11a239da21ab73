import assert from "node:assert/strict";
import { EventStream } from "../../../lib/serve/mod.ts";

async function textOf(events: EventStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of events) text += decoder.decode(bytes);
  return text;
}

Deno.test("EventStream sends events in order, and ends", async () => {
  const events = new EventStream();
  events.send("one", { a: "line\nbreak" });
  const read = textOf(events);
  await Promise.resolve();
  events.send("two", 2);
  events.end();
  events.send("late", 3);
  assert.equal(
    await read,
    'event: one\ndata: {"a":"line\\nbreak"}\n\nevent: two\ndata: 2\n\n',
  );
});

Deno.test("EventStream keeps only the last of what waits about the same", async () => {
  const events = new EventStream();
  const progress = { about: "progress" };
  for (let i = 0; i < 100; i++) events.send("progress", i, progress);
  events.send("preview", "a", { about: "image 0" });
  events.send("preview", "b", { about: "image 1" });
  events.send("progress", 100, progress);
  events.send("image", "A", { about: "image 0" });
  events.send("other", 1);
  events.send("other", 2);
  events.end();
  assert.equal(
    await textOf(events),
    'event: preview\ndata: "b"\n\nevent: progress\ndata: 100\n\n' +
      'event: image\ndata: "A"\n\n' +
      "event: other\ndata: 1\n\nevent: other\ndata: 2\n\n",
  );
});

Deno.test("EventStream sends what is taken before there is news of it", async () => {
  const events = new EventStream();
  const pieces = events[Symbol.asyncIterator]();
  for (const i of [1, 2]) {
    events.send("preview", i, { about: "image 0" });
    const { value } = await pieces.next();
    const text = new TextDecoder().decode(value);
    assert.equal(text, `event: preview\ndata: ${i}\n\n`);
  }
});
