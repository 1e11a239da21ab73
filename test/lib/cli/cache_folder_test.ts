import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../stages/run_cli.ts";

const MODULE = join(ROOT, "lib/cli/cache_folder.ts");

/** What a process with an environment takes for the user's cache. */
function cacheWith(XDG_CACHE_HOME: string): string {
  const code = `import { cacheFolder } from ${JSON.stringify(MODULE)};
    console.log(cacheFolder());`;
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    // Deno keeps its own caches where it finds them now.
    env: { XDG_CACHE_HOME, DENO_DIR: join(homedir(), ".cache/deno") },
  }).outputSync();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("cacheFolder() is where the environment says, if that is a whole path", () => {
  assert.equal(cacheWith("/var/cache/us"), "/var/cache/us/spherear");
});

Deno.test({
  name: "cacheFolder() passes over relative paths, as it is specified",
  ignore: Deno.build.os !== "linux",
  fn() {
    const own = join(homedir(), ".cache/spherear");
    assert.deepEqual(["", "cache", "./cache"].map(cacheWith), [own, own, own]);
  },
});
