import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { writeArtifact } from "../../lib/artifact/mod.ts";
import { arShapes } from "../../lib/model/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights } from "../lib/model/_models.ts";
import { spherear } from "./run_cli.ts";

/** Runs an export in a folder and gives its exit status and what it said. */
async function exported(folder: string, line: string) {
  const args = `export ar.safetensors ${line}`.split(" ");
  const { code, err } = await spherear(args, { cwd: folder });
  return { code, err };
}

/** Exports in each format, and a file that each leaves. */
const EXPORTS = [
  { line: "-o a.pt", file: "a.pt" },
  { line: "-o plain.safetensors", file: "plain.safetensors" },
  { line: "--format onnx -o onnx", file: "onnx/head.onnx" },
];

for (const { line, file } of EXPORTS) {
  Deno.test(`export ${line} replaces what it wrote and nothing else`, () =>
    inFolder(async (folder) => {
      await writeArtifact(join(folder, "ar.safetensors"), {
        kind: "ar",
        tensors: randomWeights(arShapes(AR)),
        config: { ...AR, classes: [] },
      });
      const path = join(folder, file);
      const refused = async (why: RegExp) => {
        const { code, err } = await exported(folder, line);
        assert.equal(code, 2);
        assert.match(err, why);
        assert.equal(await Deno.readTextFile(path), "mine");
      };
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, "mine");
      await refused(/: it is there; give another place, or --force/);
      assert.equal((await exported(folder, `${line} --force`)).code, 0);
      const written = await Deno.readFile(path);
      assert.equal((await exported(folder, line)).code, 0);
      assert.deepEqual(await Deno.readFile(path), written);
      await Deno.writeTextFile(path, "mine");
      await refused(/: it changed since "export" made it; give another place/);
    }));
}
