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

Deno.test("EventStream keeps only the last of events that replace each other", async () => {
  const events = new EventStream();
  for (let i = 0; i < 100; i++) events.send("progress", i, { replaces: true });
  events.send("image", "a");
  events.send("progress", 100, { replaces: true });
  events.send("progress", 101, { replaces: true });
  events.end();
  assert.equal(
    await textOf(events),
    'event: progress\ndata: 99\n\nevent: image\ndata: "a"\n\n' +
      "event: progress\ndata: 101\n\n",
  );
});
