import assert from "node:assert/strict";
import type { Command as Parsed } from "commander";
import { flagName, type Stage } from "../../lib/pipeline/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";
import { parseCommand, wordsOf } from "./parse_command.ts";

/** Ports that the stage needs and the command line does not give. */
function missingPorts(stage: Stage, parsed: Parsed): readonly string[] {
  const flags = parsed.opts<Record<string, unknown>>();
  const isGiven = (name: string) =>
    flags[flagName(name).replace(/-(.)/g, (_, c) => c.toUpperCase())] !==
      undefined;
  const [main] = Object.keys(stage.outputs);
  const isThere = (name: string) =>
    isGiven(name) || (name === main && flags["output"] !== undefined);
  const inputs = Object.entries(stage.inputs).filter(
    ([name, { optional, unless }]) =>
      !optional && !isGiven(name) &&
      (unless === undefined || !isGiven(unless)),
  );
  const outputs = Object.entries(stage.outputs).filter(
    ([name, { optional, unless = [] }]) =>
      !optional && !isThere(name) && !unless.some(isGiven),
  );
  return [...inputs, ...outputs].map(([name]) => name);
}

for (const [name, load] of Object.entries(STAGES)) {
  Deno.test(`the examples of ${name} parse and name every port`, async () => {
    const { stage } = await load();
    for (const { args } of stage.examples) {
      const parsed = await parseCommand({ stage }, wordsOf(args));
      assert.deepEqual(missingPorts(stage, parsed), [], args);
    }
  });
}

for (const [name, load] of Object.entries(COMMANDS)) {
  Deno.test(`the examples of ${name} parse`, async () => {
    const { command } = await load();
    for (const { args } of command.examples) {
      await parseCommand({ command }, wordsOf(args));
    }
  });
}

Deno.test("an example with a wrong flag, value or port does not pass", async () => {
  const { stage } = await STAGES["encode"]!();
  await assert.rejects(parseCommand({ stage }, ["--nonsense", "1"]));
  await assert.rejects(parseCommand({ stage }, ["--batch", "many"]));
  await assert.rejects(parseCommand({ stage }, ["--batch", "0"]));
  const parsed = await parseCommand({ stage }, wordsOf("--svae a -o b"));
  assert.deepEqual(missingPorts(stage, parsed), ["images"]);
});

Deno.test("a declaration without an example does not compile", () => {
  // @ts-expect-error there is none
  const none: Stage["examples"] = [];
  assert.deepEqual(none, []);
});
