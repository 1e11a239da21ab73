import assert from "node:assert/strict";
import { ConsoleProgress, formatSeconds } from "../../../lib/pipeline/mod.ts";

/** A progress display with a clock that the test moves. */
function display(terminal: boolean) {
  const texts: string[] = [];
  const clock = { ms: 0 };
  const progress = new ConsoleProgress({
    write: (text) => texts.push(text),
    terminal,
    columns: () => 60,
    now: () => clock.ms,
  });
  return { progress, texts, clock };
}

Deno.test("ConsoleProgress adds a line now and then in a pipe", () => {
  const { progress, texts, clock } = display(false);
  const task = progress.start({ label: "train", total: 100, done: 20 });
  clock.ms = 5000;
  task.advance(10, "loss 0.5");
  assert.deepEqual(texts, []);
  clock.ms = 20_000;
  task.advance(10, "loss 0.4");
  assert.deepEqual(texts, [
    "train [########------------] 40/100  1.00 steps/s  1 min 00 s left  " +
    "loss 0.4\n",
  ]);
  clock.ms = 40_000;
  task.set(100);
  task.finish();
  task.finish();
  assert.equal(texts.length, 3);
  assert.match(texts[2]!, /100\/100 {2}2\.00 steps\/s {2}in 40 s/);
});

Deno.test("ConsoleProgress redraws one line on a terminal", () => {
  const { progress, texts, clock } = display(true);
  const task = progress.start({ label: "sample", total: 4, unit: "image" });
  clock.ms = 4000;
  task.advance();
  assert.ok(texts[0]!.startsWith("\r\x1b[Ksample "));
  assert.match(texts[0]!, / 1\/4 {2}4\.00 s\/image/);
  assert.ok(texts[0]!.length <= 60 + 4);
  progress.clear();
  assert.equal(texts[1], "\r\x1b[K");
  progress.clear();
  assert.equal(texts.length, 2);
  task.finish();
  assert.ok(texts[2]!.endsWith("\n"));
});

Deno.test("ConsoleProgress counts resumed work out of the rate", () => {
  const { progress, texts, clock } = display(false);
  const task = progress.start({ label: "train", total: 100 });
  clock.ms = 1000;
  task.resume(50);
  clock.ms = 21_000;
  task.set(70);
  assert.match(texts[0]!, /70\/100 {2}1\.00 steps\/s {2}30 s left/);
});

Deno.test("ConsoleProgress takes tasks of no steps", () => {
  const { progress, texts } = display(false);
  progress.start({ label: "none", total: 0 }).finish();
  assert.match(texts[0]!, /none \[#+\] 0\/0/);
});

Deno.test("formatSeconds() writes durations for people", () => {
  assert.equal(formatSeconds(4.24), "4.2 s");
  assert.equal(formatSeconds(59.7), "1 min 00 s");
  assert.equal(formatSeconds(200), "3 min 20 s");
  assert.equal(formatSeconds(7500), "2 h 05 min");
});

Deno.test("ConsoleProgress shows bytes in units for people", () => {
  const { progress, texts, clock } = display(false);
  const total = 3 * 2 ** 20;
  const task = progress.start({ label: "m.pt", total, unit: "byte" });
  clock.ms = 20_000;
  task.set(2 ** 20);
  assert.deepEqual(texts, [
    "m.pt [#######-------------] 1.0 MiB of 3.0 MiB  51.2 KiB/s  40 s left\n",
  ]);
});
