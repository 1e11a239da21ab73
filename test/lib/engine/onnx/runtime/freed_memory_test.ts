import assert from "node:assert/strict";

const SCRIPT = new URL("./_given_back.ts", import.meta.url);

const isGlibc = Deno.build.os === "linux" && Deno.build.target.endsWith("gnu");

Deno.test({
  name: "FreedMemory gives back what lies between pieces that are in use",
  ignore: !isGlibc,
  async fn() {
    // Tests that run beside this one free memory of its process, too.
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", SCRIPT.pathname],
    });
    const { stdout, stderr } = await command.output();
    const share = Number(new TextDecoder().decode(stdout));
    assert.ok(share > 0.9, `${share} ${new TextDecoder().decode(stderr)}`);
  },
});
