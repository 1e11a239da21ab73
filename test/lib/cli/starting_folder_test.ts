import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../artifact/_bytes.ts";
import { RECORDED } from "../../stages/recorded.ts";
import { ROOT, spherear } from "../../stages/run_cli.ts";

/** The environment without INIT_CWD, which npx sets for the tests themselves. */
function otherVariables(): Record<string, string> {
  const { INIT_CWD: _, ...others } = Deno.env.toObject();
  return others;
}

async function task(cwd: string, args: readonly string[]) {
  const config = join(ROOT, "deno.json");
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", config, "spherear", ...args],
    cwd,
    clearEnv: true,
    env: otherVariables(),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("relative paths start where the user stands under deno task", async () => {
  await inFolder(async (folder) => {
    await Deno.copyFile(RECORDED, join(folder, "mine.safetensors"));
    const { code, out, err } = await task(folder, [
      "inspect",
      "mine.safetensors",
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /mine\.safetensors/);
  });
});

Deno.test("INIT_CWD of another tool moves nobody", async () => {
  await inFolder(async (folder) => {
    await Deno.copyFile(RECORDED, join(folder, "mine.safetensors"));
    const { code, err } = await spherear(["inspect", "mine.safetensors"], {
      cwd: folder,
      env: { INIT_CWD: "/" },
    });
    assert.equal(code, 0, err);
  });
});
