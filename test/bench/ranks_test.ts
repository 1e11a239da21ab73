import assert from "node:assert/strict";
import { UserError } from "../../lib/artifact/mod.ts";
import { launch } from "../../bench/ranks/launch.ts";
import { stepSeconds } from "../../bench/ranks/step_seconds.ts";

Deno.test("stepSeconds() is the middle of the times between steps, but for the first", () => {
  const times = [0, 50, 60, 100, 101, 103, 104, 105];
  const lines = times.map((time, step) => JSON.stringify({ step, time }));
  assert.equal(stepSeconds(`${lines.join("\n")}\n`), 1);
});

/** Keeps a processor busy for 300 ms. */
const BUSY = "const end = performance.now() + 300;" +
  "while (performance.now() < end); console.log(1)";

Deno.test({
  name: "launch() counts the time of processes that a process has started",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const inner = [Deno.execPath(), "eval", BUSY];
    const outer =
      `const { stdout } = await new Deno.Command(${
        JSON.stringify(inner[0])
      }, { args: ${JSON.stringify(inner.slice(1))} }).output();` +
      "await Deno.stdout.write(stdout)";
    const { stdout, processorSeconds } = await launch(
      [Deno.execPath(), "eval", outer],
      Deno.cwd(),
    );
    assert.equal(stdout, "1\n");
    // On a busy machine less than 300 ms of it.
    assert.ok(processorSeconds >= 0.05, `${processorSeconds}`);
  },
});

Deno.test("launch() says which program is missing, or what it has said", async () => {
  await assert.rejects(launch(["mpi-nothing"], "."), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot run "mpi-nothing", which is missing/);
    return true;
  });
  const fails = [Deno.execPath(), "eval", "throw new Error('no room')"];
  await assert.rejects(launch(fails, "."), /has failed: .*no room/s);
});
