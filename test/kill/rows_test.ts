import assert from "node:assert/strict";
import { STAGES } from "../../stages/mod.ts";
import { KILLED } from "./rows/mod.ts";

Deno.test("runs of every stage are killed, and of the commands that leave files", () => {
  const commands = new Set(
    KILLED.flatMap(({ lines }) => lines.map((line) => line.split(" ")[0])),
  );
  const leaving = [
    ...Object.keys(STAGES),
    "import",
    "export",
    "sweep",
    "pipeline",
  ];
  assert.deepEqual(leaving.filter((name) => !commands.has(name)), []);
});

Deno.test("a row reads what rows before it have left", () => {
  const before = new Set<string>();
  for (const { name, lines } of KILLED) {
    for (const [, read] of lines.join(" ").matchAll(/\.\.\/([^/ ]+)\//g)) {
      assert.ok(before.has(read!), `${name} reads ../${read}`);
    }
    assert.ok(!before.has(name), `two rows are called ${name}`);
    before.add(name);
  }
});
