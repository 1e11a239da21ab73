import assert from "node:assert/strict";
import { join } from "node:path";
import { COMMANDS, STAGES } from "../../stages/mod.ts";
import { ROOT } from "./source_files.ts";

/** The rows of the README's table of commands, from the declarations. */
async function expectedRows(): Promise<readonly string[]> {
  const stages = await Promise.all(
    Object.values(STAGES).map(async (load) => (await load()).stage),
  );
  const commands = await Promise.all(
    Object.values(COMMANDS).map(async (load) => (await load()).command),
  );
  return [...stages, ...commands]
    .map(({ name, summary }) => `${name}: ${summary}`);
}

Deno.test("the README's table of commands equals the declarations", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const rows = [...readme.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)]
    .map(([, name, summary]) => `${name}: ${summary}`);
  assert.deepEqual(rows, await expectedRows());
});

Deno.test("the README's commands are tasks", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const config = await Deno.readTextFile(join(ROOT, "deno.json"));
  const { tasks } = JSON.parse(config) as { tasks: Record<string, unknown> };
  for (const [, task] of readme.matchAll(/deno(?:@[\d.]+)? task (\w+)/g)) {
    assert.ok(Object.hasOwn(tasks, task!), `task ${task}`);
  }
});
