import assert from "node:assert/strict";
import { examplesText } from "../../../lib/cli/examples.ts";

Deno.test("examplesText() shows each command line under what it does", () => {
  const text = examplesText({
    name: "make",
    examples: [
      { does: "all by default", args: "" },
      { does: "two of them", args: "one.txt --count 2" },
    ],
  });
  assert.equal(
    text,
    "\nExamples:\n  # all by default\n  spherear make\n\n" +
      "  # two of them\n  spherear make one.txt --count 2",
  );
});

Deno.test("examplesText() continues a long line before a flag", () => {
  const long = "x".repeat(40);
  const text = examplesText({
    name: "make",
    examples: [{ does: "much", args: `--first ${long} -o ${long}` }],
  });
  const [, , , first, second] = text.split("\n");
  assert.equal(first, `  spherear make --first ${long} \\`);
  assert.equal(second, `      -o ${long}`);
});
