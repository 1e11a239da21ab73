import assert from "node:assert/strict";
import type { Command as Parsed } from "commander";
import { givenOptions } from "../../lib/cli/flags.ts";
import { buildProgram, type Declaration } from "../../lib/cli/program.ts";
import {
  checkOptions,
  type Example,
  flagName,
  type Stage,
} from "../../lib/pipeline/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";

/** What the command line makes of an example; a wrong one throws. */
async function parse(
  declaration: Declaration,
  { args }: Example,
): Promise<Parsed> {
  const { name } = declaration.stage ?? declaration.command;
  let parsed: Parsed | undefined;
  const program = buildProgram([declaration], {
    version: "0",
    action: (_, command) => {
      parsed = command;
      return Promise.resolve();
    },
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  }
  const words = args.split(" ").filter((word) => word !== "");
  await program.parseAsync([name, ...words], { from: "user" });
  assert.ok(parsed, `${name} ${args}: it did not run`);
  return parsed;
}

/** Ports that the stage needs and the example does not give. */
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
    for (const example of stage.examples) {
      const parsed = await parse({ stage }, example);
      const given = givenOptions(parsed, stage.options);
      checkOptions(stage.options, { given, where: `${name} ${example.args}` });
      assert.deepEqual(missingPorts(stage, parsed), [], example.args);
    }
  });
}

for (const [name, load] of Object.entries(COMMANDS)) {
  Deno.test(`the examples of ${name} parse`, async () => {
    const { command } = await load();
    for (const example of command.examples) {
      const parsed = await parse({ command }, example);
      const given = givenOptions(parsed, command.options);
      checkOptions(command.options, { given, where: name });
    }
  });
}

Deno.test("an example with a wrong flag, value or port does not pass", async () => {
  const { stage } = await STAGES["encode"]!();
  const example = (args: string) => ({ does: "", args });
  await assert.rejects(parse({ stage }, example("--nonsense 1")));
  await assert.rejects(parse({ stage }, example("--batch many")));
  const parsed = await parse({ stage }, example("--svae a -o b"));
  assert.deepEqual(missingPorts(stage, parsed), ["images"]);
});

Deno.test("a declaration without an example does not compile", () => {
  // @ts-expect-error there is none
  const none: Stage["examples"] = [];
  assert.deepEqual(none, []);
});
