import assert from "node:assert/strict";
import { join } from "node:path";
import { openSafetensors, writeSafetensors } from "../../lib/artifact/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { ROOT, spherear } from "./run_cli.ts";

const GOLDEN = join(ROOT, "test/golden");

/** Copies a recording's images under a case that has no checks. */
async function writeUnknown(folder: string): Promise<string> {
  const reader = await openSafetensors(join(GOLDEN, "images.safetensors"));
  const path = join(folder, "poem.safetensors");
  const metadata = { ...reader.metadata, case: "poem" };
  await writeSafetensors(path, { tensors: {}, metadata });
  reader.close();
  return path;
}

Deno.test("verify of several files skips a case that it does not know", async () => {
  await inFolder(async (folder) => {
    const unknown = await writeUnknown(folder);
    const known = join(GOLDEN, "images.safetensors");
    const common = ["-q", "--device", "reference"];
    const both = await spherear(["verify", unknown, known, ...common]);
    assert.equal(both.code, 0, both.err);
    assert.equal(both.err, "");
    const lines = both.out.trimEnd().split("\n");
    assert.equal(lines.length, 3, both.out);
    assert.match(lines[0]!, /^poem\.safetensors +skipped: .*"poem"/);
    assert.match(lines[1]!, /^images\.safetensors +pass: All \d+ tensors/);
    assert.match(lines[2]!, /^All \d+ tensors agree; 1 of 2 files skipped$/);
    const none = await spherear(["verify", unknown, ...common]);
    assert.equal(none.code, 2);
    assert.match(none.err, /Cannot verify .*no checks for its case "poem"/);
  });
});
