import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testOnLaunchers } from "../ranks.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));
const STAGE = fileURLToPath(
  new URL("../lib/cli/_count_stage.ts", import.meta.url),
);

async function pipeline(
  folder: string,
  { uses = STAGE, args, env }: {
    uses?: string;
    args: readonly string[];
    env: Record<string, string>;
  },
) {
  const file = join(folder, "p.toml");
  await Deno.writeTextFile(file, `[stages.count]\nuses = "${uses}"\n`);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CLI, "pipeline", file, ...args],
    env: { NO_COLOR: "1", ...env },
  });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

await testOnLaunchers("pipeline --launch runs shared stages as ranks", async (
  { program, flags, env },
) => {
  const folder = await Deno.makeTempDir();
  try {
    const launch = [program, ...flags, "-n", "3"].join(" ");
    const given = { args: ["--launch", launch], env: { ...env } };
    const { code, stderr } = await pipeline(folder, given);
    assert.equal(code, 0, stderr);
    const sum = await Deno.readTextFile(join(folder, "runs/p/count.txt"));
    // Three steps of 0 + 1 + 2, and of the step three times each.
    assert.equal(sum, "18\n");
    const again = await pipeline(folder, given);
    assert.match(again.stderr, /done:/);
    const failing = await pipeline(folder, {
      args: ["--force", "--launch", "no-such-launcher -n 2"],
      env: {},
    });
    assert.equal(failing.code, 2);
    assert.match(failing.stderr, /there is no program "no-such-launcher"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("pipeline --launch runs what ranks cannot share once, and says why", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const uses = join(folder, "alone.ts");
    await Deno.writeTextFile(
      uses,
      `import { stage as count } from "${STAGE}";
       export const stage = { ...count, alone: async () => "it is small" };`,
    );
    const { code, stderr } = await pipeline(folder, {
      uses,
      args: ["--launch", "no-such-launcher -n 2"],
      env: {},
    });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /count {2}is not launched: it is small/);
    // Steps 0, 1 and 2 of one rank.
    const sum = await Deno.readTextFile(join(folder, "runs/p/count.txt"));
    assert.equal(sum, "3\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("pipeline --only refuses a step that is not there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await pipeline(folder, {
      args: ["--only", "sum"],
      env: {},
    });
    assert.equal(code, 2);
    assert.match(stderr, /No step is called "sum", only count/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
