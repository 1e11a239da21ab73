import assert from "node:assert/strict";
import { z } from "zod";
import { UserError } from "../../../lib/artifact/mod.ts";
import {
  checkOptions,
  createLogger,
  flagName,
  summaryLines,
  table,
} from "../../../lib/pipeline/mod.ts";

const SCHEMA = z.object({
  learningRate: z.number().positive().default(0.1).describe("how fast"),
  cls_token_num: z.int().default(4).describe("class tokens"),
});

function check(given: Record<string, unknown>) {
  return checkOptions(SCHEMA, { given, where: "train" });
}

Deno.test("checkOptions() takes keys and flags, and fills in defaults", () => {
  assert.deepEqual(check({}), { learningRate: 0.1, cls_token_num: 4 });
  assert.equal(check({ "learning-rate": 2 }).learningRate, 2);
  assert.equal(check({ "cls-token-num": 2 }).cls_token_num, 2);
});

Deno.test("checkOptions() names the option and what was found", () => {
  assert.throws(
    () => check({ learningRate: -1 }),
    (error) =>
      error instanceof UserError &&
      /^train: learning-rate: too small.*, found -1$/.test(error.message),
  );
  assert.throws(() => check({ learningRate: NaN }), {
    message: /learning-rate: expected number, found NaN$/,
  });
  assert.throws(() => check({ learningRate: "x".repeat(1000) }), {
    message: /^.{0,150}\.\.\.$/,
  });
  assert.throws(() => check({ rate: 1 }), {
    message:
      'train: unknown option "rate": expected one of learning-rate, cls-token-num',
  });
});

Deno.test("summaryLines() flattens figures", () => {
  const summary = { n: 3, sets: { a: { fd: 1.2345678, by: [0.5, null] } } };
  assert.deepEqual(summaryLines(summary), [
    "n: 3",
    "sets.a.fd: 1.2346",
    "sets.a.by: 0.5, none",
  ]);
});

Deno.test("flagName() writes keys as flags", () => {
  assert.equal(flagName("learningRate"), "learning-rate");
  assert.equal(flagName("cls_token_num"), "cls-token-num");
  assert.equal(flagName("ema"), "ema");
});

Deno.test("table() sets columns under each other", () => {
  const rows = [["a", "10", "x"], ["bbb", "2", ""]];
  assert.deepEqual(table(rows, { right: [1] }), ["a    10  x", "bbb   2"]);
  assert.deepEqual(table([]), []);
});

Deno.test("createLogger() colours only where asked, and keeps detail back", () => {
  const lines: string[] = [];
  const plain = createLogger({ write: (line) => lines.push(line) });
  plain.info("a");
  plain.warn("b");
  plain.debug("c");
  const loud = { write: (line: string) => lines.push(line), verbose: true };
  const color = createLogger({ ...loud, color: true });
  color.warn("d");
  color.debug("e");
  assert.deepEqual(lines.slice(0, 2), ["a", "Warning: b"]);
  assert.equal(lines[2], "\x1b[33mWarning: d\x1b[39m");
  assert.equal(lines.length, 4);
});
